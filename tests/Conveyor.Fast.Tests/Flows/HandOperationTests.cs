using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

public class HandOperationTests
{
    [Fact]
    public void Cancel_OfAParentWhoseActiveChildWasAskedBefore_IsTrue()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        bool? childAsked = null;
        bool? parentCanceled = null;
        test.Work("q", job =>
        {
            childAsked = job.Handle.Cancel();
            parentCanceled = flow.Job.Cancel();
            return null;
        });
        test.Pump();
        Assert.True(childAsked);
        Assert.True(parentCanceled);
        Assert.Equal((JobState.Canceled, JobState.Canceled), (flow.Job.State, flow.Children[0].Job.State));
        Assert.False(flow.Job.Cancel());
    }

    [Fact]
    public void Remove_OfAnEndedChildWhoseParentStillWaits_LeavesNoHold()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("first", "q"), new FlowJob("second", "elsewhere")] });
        test.Pump();
        Assert.True(flow.Children[0].Job.Remove());
        Assert.Equal((JobState.WaitingChildren, JobState.None), (flow.Job.State, flow.Children[0].Job.State));
        IntegrityChecker.Check(test.Store);
    }

    [Fact]
    public void Retry_OfACompletedParentThatIsCanceledAgain_KeepsItsSlotWhileAChildLives()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.RemoveAtOnce });
        Worker worker = test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        test.Pump();
        worker.Pause();
        flow.Children[0].Job.Retry(includeCompleted: true);
        flow.Job.Retry(includeCompleted: true);
        Assert.Equal(JobState.WaitingChildren, flow.Job.State);
        Assert.True(flow.Job.Cancel(includeChildren: false));
        Assert.Equal((JobState.None, JobState.Waiting), (flow.Job.State, flow.Children[0].Job.State));
        IntegrityChecker.Check(test.Store);
        FlowResult other = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "elsewhere")] });
        worker.Resume();
        test.Pump();
        Assert.Equal((JobState.Completed, JobState.WaitingChildren), (flow.Children[0].Job.State, other.Job.State));
    }

    [Fact]
    public void GetInfo_OfAParentFailedByItsChild_TellsWhenItEnded()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "leaf" ? throw new InvalidOperationException("boom") : null);
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("middle", "q") { Children = [new FlowJob("leaf", "q")] }] });
        test.Time.Advance(TimeSpan.FromMinutes(1));
        test.Pump();
        DateTimeOffset now = test.Time.GetUtcNow();
        Assert.Equal((JobState.Failed, now), (flow.Job.State, flow.Job.GetInfo().EndedAt));
        Assert.Equal((JobState.Failed, now), (flow.Children[0].Job.State, flow.Children[0].Job.GetInfo().EndedAt));
    }
}
