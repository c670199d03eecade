using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class SuspendedPumpTests
{
    [Fact]
    public void Pump_AfterASuspendedChildEnds_RunsTheParentItPromoted()
    {
        using PumpedStore test = new();
        TaskCompletionSource end = new();
        using Worker worker = new(test.Store, "q", async (job, _) =>
        {
            test.Ran.Add(job.Name);
            await (job.Name == "child" ? end.Task : Task.CompletedTask);
        }, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle root = test.Flows.Start(new FlowJob("root", "q") { Children = [new FlowJob("child", "q")] });
        Assert.Equal(1, test.Pump().JobsSuspended);

        end.SetResult();
        test.Pump();

        Assert.Equal(["child", "root"], test.Ran);
        Assert.Equal(JobState.Completed, root.State);
    }
}
