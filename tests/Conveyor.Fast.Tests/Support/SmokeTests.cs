namespace Conveyor.Fast.Tests.Support;

public class SmokeTests
{
    [Fact]
    public void Flow_OfThreeLevels_RunsFromTheLeavesUp()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [new FlowJob("middle", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] }, new FlowJob("c", "q")],
        });
        Assert.Equal(JobState.WaitingChildren, flow.State);
        test.Pump();
        Assert.Equal(["a", "b", "middle", "c", "root"], test.Ran);
        Assert.Equal(JobState.Completed, flow.Job.State);
    }

    [Fact]
    public void Child_Fails_ParentFails()
    {
        using PumpedStore test = new();
        test.Work("q", job => job.Name == "a" ? throw new InvalidOperationException("boom") : null);
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] });
        test.Pump();
        Assert.Equal(JobState.Failed, flow.Job.State);
        Assert.Contains("boom", flow.Job.GetInfo().Reason);
        Assert.Equal(["a", "b"], test.Ran);
    }
}
