using Conveyor.Fast.Tests.Support;
using static Conveyor.Fast.ChildFailurePolicy;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Children that were taken from their run: what their parents hear, and when.</summary>
public class TakenChildrenTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static TheoryData<ChildFailurePolicy, JobState> Outcomes => new()
    {
        { Fail, JobState.Failed },
        { Ignore, JobState.Waiting },
        { Remove, JobState.None },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    [Trait("Behaviour", "POL-10")]
    public void Policy_ChildDiscardsItselfAndThrows_ActsAtOnce(ChildFailurePolicy policy, JobState after)
    {
        using PumpedStore test = new();
        test.Work("q", static job =>
        {
            job.Discard();
            throw new InvalidOperationException("hopeless");
        });
        JobHandle parent = Add(test, policy, new JobOptions { Attempts = 9, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        JobHandle child = parent.Children[0].Job;
        test.Pump();

        Assert.Equal(["child"], test.Ran);
        AssertActed(parent, child, after, "hopeless");
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    [Trait("Behaviour", "POL-11")]
    public async Task Policy_ChildStallsBeyondItsBudget_ActsThen(ChildFailurePolicy policy, JobState after)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobHandle parent = Add(test, policy, new JobOptions { MaxStalls = 1 });
        JobHandle child = parent.Children[0].Job;
        for (int stall = 0; stall <= 1; stall++)
        {
            Assert.Equal(JobState.WaitingChildren, parent.State);
            Worker worker = test.Work("q", held);
            test.Pump();
            await test.StallAsync(worker);
        }

        AssertActed(parent, child, after, "The job stalled");
        held.Next().Return();
        held.Next().Return();
        test.Pump();
        AssertActed(parent, child, after, "The job stalled");
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    [Trait("Behaviour", "POL-12")]
    public void Policy_ChildTimesOutInItsLastAttempt_ActsThen(ChildFailurePolicy policy, JobState after)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle parent = Add(test, policy, new JobOptions { Attempts = 2, Timeout = s_limit });
        JobHandle child = parent.Children[0].Job;
        test.Pump();
        HeldRun first = held.Next();
        test.PumpAfter(s_limit);
        first.Return();
        test.Pump();
        HeldRun last = held.Next();
        Assert.Equal(JobState.WaitingChildren, parent.State);
        test.PumpAfter(s_limit);

        AssertActed(parent, child, after, "time limit");
        last.Return("dropped");
        test.Pump();
        AssertActed(parent, child, after, "time limit");
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    [Trait("Behaviour", "POL-15")]
    public void Policy_ChildIsFailedByHand_ActsAtOnce(ChildFailurePolicy policy, JobState after)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle parent = Add(test, policy, new JobOptions { Attempts = 9 });
        JobHandle child = parent.Children[0].Job;
        test.Pump();
        HeldRun run = held.Next();
        Assert.True(run.Job.MoveToFailed("no use"));

        AssertActed(parent, child, after, "no use");
        run.Return("dropped");
        test.Pump();
        AssertActed(parent, child, after, "no use");
    }

    [Fact]
    [Trait("Behaviour", "FRT-13")]
    public async Task StalledChild_RunAgainWhileItsFirstRunGoesOn_CountsOnceWithTheSecondResult()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker closed = test.Work("q", held);
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "parents") { Children = [new FlowJob("child", "q"), new FlowJob("sibling", "unserved")] }).Job;
        int parentRuns = 0;
        test.Work("parents", job => $"run {++parentRuns}: {string.Join(", ", job.GetChildrenValues<string>())}");
        test.Pump();
        HeldRun first = held.Next();
        await test.StallAsync(closed);
        test.Work("q", held);
        test.Pump();
        HeldRun second = held.Next();

        first.Return("first");
        test.Pump();
        Assert.Equal((2, JobState.Active), (parent.GetInfo().PendingChildren, parent.Children[0].Job.State));
        second.Return("second");
        test.Pump();
        Assert.Equal((1, JobState.WaitingChildren), (parent.GetInfo().PendingChildren, parent.State));
        test.Work("unserved", static _ => "other");
        test.Pump();
        Assert.Equal((JobState.Completed, "run 1: second, other"), (parent.State, parent.GetInfo().Value));
    }

    [Fact]
    [Trait("Behaviour", "NEST-09")]
    public async Task Leaf_ThatStallsOut_PropagatesToTheRoot()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        FlowResult root = test.Flows.Add(new FlowJob("root", "unserved")
        {
            Children = [new FlowJob("middle", "unserved") { Children = [new FlowJob("leaf", "q") { Options = new JobOptions { MaxStalls = 0 } }] }],
        });
        FlowResult middle = root.Children[0];
        JobHandle leaf = middle.Children[0].Job;
        test.Pump();
        held.Next();
        await test.StallAsync(worker);

        Assert.Equal([JobState.Failed, JobState.Failed, JobState.Failed], ((JobHandle[])[leaf, middle.Job, root.Job]).Select(static job => job.State));
        Assert.Equal($"child 'middle' ({middle.Job.Id}) failed: child 'leaf' ({leaf.Id}) failed: {leaf.GetInfo().Reason}", root.Job.GetInfo().Reason);
        Assert.Same(leaf.GetInfo().Error, root.Job.GetInfo().Error);
    }

    [Fact]
    public void ParentInTheSameQueue_PromotedByATimedOutChild_RunsWhenTheLateHandlerLeavesItsSlot()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = Ignore },
            Children = [new FlowJob("child", "q") { Options = new JobOptions { Timeout = s_limit } }],
        }).Job;
        JobHandle child = parent.Children[0].Job;
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);
        Assert.Equal((JobState.Failed, JobState.Waiting), (child.State, parent.State));

        late.Return("dropped");
        test.Pump();
        HeldRun run = held.Next();
        Assert.Equal((parent.Id, child.Id), (run.Job.Id, Assert.Single(run.Job.GetChildrenFailures()).Key));
        Assert.Empty(run.Job.GetChildrenValues<string>());
        run.Return("value");
        test.Pump();
        Assert.Equal((JobState.Completed, "value"), (parent.State, parent.GetInfo().Value));
        held.AssertNoneStarted();
    }

    [Fact]
    public void ParentThatWaitsForItsTimedOutHandler_KeepsItsChildrenToRead()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.RemoveAtOnce, Failed = Retention.RemoveAtOnce });
        HeldHandler held = new();
        test.Work("parents", held);
        test.Work("q", static _ => "value");
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "parents")
        {
            Options = new JobOptions { Timeout = s_limit },
            Children = [new FlowJob("child", "q")],
        }).Job;
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);

        Assert.Equal(JobState.None, parent.State);
        IntegrityChecker.Check(test.Store);
        Assert.Equal((parent.Id, "parent"), (late.Job.Id, late.Job.Name));
        Assert.Single(late.Job.Children.ToArray());
        late.Return();
        test.Pump();
        Assert.Equal(0, test.Queue("q").GetJobCounts().Total + test.Queue("parents").GetJobCounts().Total);
    }

    private static JobHandle Add(PumpedStore test, ChildFailurePolicy policy, JobOptions child) => test.Flows.Add(new FlowJob("parent", "unserved")
    {
        Options = new JobOptions { FailParentOnChildFailure = policy },
        Children = [new FlowJob("child", "q") { Options = child }],
    }).Job;

    private static void AssertActed(JobHandle parent, JobHandle child, JobState after, string reason)
    {
        Assert.Equal((JobState.Failed, after), (child.State, parent.State));
        Assert.Contains(reason, child.GetInfo().Reason);
        if (after == JobState.Failed)
        {
            Assert.Equal($"child 'child' ({child.Id}) failed: {child.GetInfo().Reason}", parent.GetInfo().Reason);
        }
    }
}
