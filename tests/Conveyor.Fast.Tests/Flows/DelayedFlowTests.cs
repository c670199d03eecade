using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

public class DelayedFlowTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly JobOptions s_delayed = new() { Delay = s_second };

    [Fact]
    [Trait("Behaviour", "FLOW-07")]
    [Trait("Behaviour", "FLOW-30")]
    public void Add_OfAFlowWithADelayedLeaf_SaysDelayedEverywhere()
    {
        using PumpedStore test = new();
        using HeardEvents heard = new(test.Store.Events);

        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [Leaf("late", s_delayed), Leaf("soon")] });

        Assert.Equal([JobState.WaitingChildren, JobState.Delayed, JobState.Waiting], States(flow));
        Assert.Equal([JobState.WaitingChildren, JobState.Delayed, JobState.Waiting], new[] { flow.Job, flow.Children[0].Job, flow.Children[1].Job }.Select(static job => job.State));
        Assert.Equal(["parent: Added", "parent: None to WaitingChildren", "late: Added", "late: None to Delayed", "soon: Added", "soon: None to Waiting"], heard);
        Assert.Equal(new JobCounts(1, 1, 1, 0, 0, 0, 0), test.Queue("q").GetJobCounts());
    }

    [Fact]
    public void State_OfAResultWhereTheDelayIsInheritedOrOfARoot_IsAsCommitted()
    {
        using PumpedStore test = new(defaults: s_delayed);
        JobOptions now = new() { Delay = TimeSpan.Zero };

        IReadOnlyList<FlowResult> flows = test.Flows.AddBulk([Leaf("late"), new FlowJob("parent", "q") { Options = now, Children = [Leaf("soon", now), Leaf("late")] }]);
        test.Time.Advance(s_second);
        test.Pump();

        Assert.Equal(JobState.Delayed, flows[0].State);
        Assert.Equal([JobState.WaitingChildren, JobState.Waiting, JobState.Delayed], States(flows[1]));
    }

    [Fact]
    [Trait("Behaviour", "FLOW-25")]
    public void Options_OfOneNode_DelayThatNodeAlone()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Flows.Add(new FlowJob("parent", "q")
        {
            Children = [Leaf("2", new JobOptions { Delay = 2 * s_second, Priority = 1 }), Leaf("1b", new JobOptions { Delay = s_second, Priority = 5 }), Leaf("0"), Leaf("1a", new JobOptions { Delay = s_second, Priority = 2 })],
        });

        test.Pump();
        Assert.Equal(["0"], test.Ran);
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["0", "1a", "1b"], test.Ran);
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["0", "1a", "1b", "2", "parent"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-25")]
    public void Options_OfOneNode_LimitAndRetryThatNodeAlone()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("again"));
        JobOptions patient = new() { Attempts = 2, Backoff = Backoff.Fixed(s_second), Timeout = 3 * s_second, FailParentOnChildFailure = ChildFailurePolicy.Ignore };
        JobOptions plain = new() { FailParentOnChildFailure = ChildFailurePolicy.Ignore };
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Options = patient, Children = [Leaf("plain", plain), Leaf("patient", patient)] });
        Assert.Equal(
            [(2, 3 * s_second), (1, null), (2, 3 * s_second)],
            ((FlowResult[])[flow, flow.Children[0], flow.Children[1]]).Select(static node => (node.Job.GetInfo().Attempts, node.Job.GetInfo().Timeout)));

        test.Pump();
        Assert.Equal([JobState.Failed, JobState.Delayed], flow.Children.Select(static node => node.Job.State));
        test.PumpAfter(s_second);
        Assert.Equal([JobState.Failed, JobState.Failed, JobState.Delayed], ((FlowResult[])[.. flow.Children, flow]).Select(static node => node.Job.State));
        test.PumpAfter(s_second);
        Assert.Equal(["plain", "patient", "patient", "parent", "parent"], test.Ran);
        Assert.Equal(JobState.Failed, flow.Job.State);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-25")]
    public void Options_OfOneNode_EndItsRunsAtTheTimeLimitOfThatNodeAlone()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            test.Time.Advance(job.AttemptsMade == 0 ? 3 * s_second : s_second);
            return "value";
        });
        JobOptions limited = new() { Attempts = 2, Timeout = 2 * s_second };
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [Leaf("limited", limited), Leaf("plain")] });

        test.Pump();

        Assert.Equal(["limited", "plain", "limited", "parent"], test.Ran);
        Assert.Equal(
            [[JobAttemptOutcome.Completed], [JobAttemptOutcome.TimedOut, JobAttemptOutcome.Completed], [JobAttemptOutcome.Completed]],
            ((FlowResult[])[flow, .. flow.Children]).Select(static node => node.Job.GetInfo().History.Select(static attempt => attempt.Outcome)));
        Assert.IsType<JobTimeoutException>(flow.Children[0].Job.GetInfo().History[0].Error);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-32")]
    [Trait("Behaviour", "ORD-08")]
    public void Parent_WithADelayOfItsOwn_IsDelayedWholeFromWhenItsChildrenHaveEnded()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.GetChildrenValues<string>() is [var value] ? value : "value");
        using HeardEvents heard = new(test.Store.Events, JobEventType.Delayed, JobEventType.Waiting, JobEventType.Completed);
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "q") { Options = s_delayed, Children = [Leaf("child", s_delayed)] }).Job;

        test.Time.Advance(s_second - TimeSpan.FromTicks(1));
        test.Pump();
        Assert.Equal(JobState.WaitingChildren, parent.State);
        test.Time.Advance(5 * s_second);
        test.Pump();
        Assert.Equal((JobState.Delayed, test.Time.GetUtcNow() + s_second), (parent.State, parent.GetInfo().DueAt));
        test.Time.Advance(s_second - TimeSpan.FromTicks(1));
        test.Pump();
        Assert.Equal(["child"], test.Ran);
        test.Time.Advance(TimeSpan.FromTicks(1));
        test.Pump();

        Assert.True(parent.TryGetResult(out string? value));
        Assert.Equal("value", value);
        Assert.Equal(
            ["child: None to Delayed", "child: Delayed to Waiting", "child: Active to Completed", "parent: WaitingChildren to Delayed", "parent: Delayed to Waiting", "parent: Active to Completed"],
            heard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parent_WithADelayWhoseLastChildIsCanceledOrRemoved_IsDelayedToo(bool removes)
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { Delay = s_second, FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children = [Leaf("child", s_delayed)],
        });

        Assert.True(removes ? flow.Children[0].Job.Remove() : flow.Children[0].Job.Cancel());

        Assert.Equal((JobState.Delayed, s_second), (flow.Job.State, test.Store.NextDue));
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["parent"], test.Ran);
    }

    [Fact]
    public void Parent_RetriedByHand_IsNotDelayedAgain()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "child" ? throw new InvalidOperationException("first") : null);
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Options = s_delayed, Children = [Leaf("child"), Leaf("late", s_delayed)] });
        test.Pump();
        Assert.Equal(JobState.Failed, flow.Job.State);

        flow.Job.Retry();
        Assert.Equal(JobState.WaitingChildren, flow.Job.State);
        test.Time.Advance(s_second);
        test.Pump();

        Assert.Equal(JobState.Completed, flow.Job.State);
        Assert.Null(test.Store.NextDue);
    }

    [Fact]
    [Trait("Behaviour", "CAN-02")]
    [Trait("Behaviour", "FRM-12")]
    public void Cancel_OfAFlow_EndsWhatIsDelayedInItAtOnceForGood()
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events, JobEventType.Canceled, JobEventType.Failed);
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("middle", "q") { Options = s_delayed, Children = [Leaf("leaf", s_delayed)] }] });
        JobHandle alone = test.Queue("q").AddDelayed("alone", 0, s_second);

        Assert.True(flow.Job.Cancel());
        Assert.True(alone.Cancel());
        Assert.False(alone.Cancel());

        Assert.Equal(["root: WaitingChildren to Canceled", "middle: WaitingChildren to Canceled", "leaf: Delayed to Canceled", "alone: Delayed to Canceled"], heard);
        Assert.Equal(0, test.Store.Engine.Table.Delays.Count);
        test.Time.Advance(5 * s_second);
        test.Pump();
        Assert.Empty(test.Ran);
    }

    [Fact]
    public void Cancel_OfADelayedMiddle_SettlesByItsParentsPolicy()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("middle", "q") { Options = s_delayed, Children = [Leaf("leaf")] }] });
        test.Pump();
        Assert.Equal(JobState.Delayed, flow.Children[0].Job.State);

        flow.Children[0].Job.Cancel("not needed");

        Assert.Equal(JobState.Failed, flow.Job.State);
        Assert.Contains("not needed", flow.Job.GetInfo().Reason, StringComparison.Ordinal);
    }

    private static FlowJob Leaf(string name, JobOptions? options = null) => new(name, "q") { Options = options };

    private static IEnumerable<JobState> States(FlowResult flow) => flow.Children.Select(static child => child.State).Prepend(flow.State);
}
