using Conveyor.Fast.Jobs;
using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Removing jobs of a flow by hand: what goes with them, and what it does to those that stay.</summary>
public class RemovalTests
{
    private static readonly InvalidOperationException s_boom = new("boom");

    [Theory]
    [InlineData(Fail)]
    [InlineData(Ignore)]
    [InlineData(Remove)]
    [Trait("Behaviour", "FRM-01")]
    public void WaitingChild_Removed_DropsTheDependencyAndTheLastOneReleases(ChildFailurePolicy policy)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Does(static job => job.GetChildrenValues<string>().Count), new JobOptions { FailParentOnChildFailure = policy }, Leaf("a", "north"), Leaf("b", "south")));
        scene.Pump(1);
        Assert.Equal((JobState.WaitingChildren, 1), (root.State, root.GetInfo().PendingChildren));
        Assert.True(scene["b"].Remove());
        scene.CheckIntegrity();
        Assert.Equal((JobState.Waiting, 0), (root.State, root.GetInfo().PendingChildren));
        scene.Pump();

        Assert.Equal(["a", "root"], scene.Ran);
        Assert.Equal((JobState.Completed, 1), (root.State, root.GetInfo().Value));
    }

    [Fact]
    [Trait("Behaviour", "FRM-02")]
    public void TwoChildren_RemovedOneByOne_ParentIsReleasedByTheSecond()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a"), Leaf("b")));
        Assert.True(scene["a"].Remove());
        Assert.Equal((JobState.WaitingChildren, 1), (root.State, root.GetInfo().PendingChildren));
        Assert.False(scene["a"].Remove());
        Assert.Equal((JobState.WaitingChildren, 1), (root.State, root.GetInfo().PendingChildren));
        Assert.True(scene["b"].Remove());
        Assert.Equal((JobState.Waiting, 0), (root.State, root.GetInfo().PendingChildren));
        scene.Pump();
        Assert.Equal(["root"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRM-03")]
    public void Parent_Removed_TakesItsWholeSubtreeFinishedAndUnfinished()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail,
            Parent("done", Fail, Leaf("completed")),
            Parent("failed", Fail, Leaf("bad", s_boom), Leaf("unfinished")),
            Parent("middle", Fail, Leaf("waiting"))));
        scene.Queue.Add("bystander");
        scene.Pump(3);
        Assert.Equal([JobState.Failed, JobState.Completed, JobState.Completed, JobState.Failed, JobState.Failed, JobState.Waiting, JobState.WaitingChildren, JobState.Waiting],
            scene.States("root", "done", "completed", "failed", "bad", "unfinished", "middle", "waiting"));
        Assert.True(root.Remove());

        Assert.All(scene.States("root", "done", "completed", "failed", "bad", "unfinished", "middle", "waiting"), static state => Assert.Equal(JobState.None, state));
        scene.Pump();
        Assert.Equal(["completed", "done", "bad", "bystander"], scene.Ran);
        Assert.Equal(1, scene.Queue.GetJobCounts().Total);
    }

    [Fact]
    [Trait("Behaviour", "FRM-04")]
    public void Parent_RemovedAlone_ChildrenRunOn()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", "value"), Leaf("b", s_boom), Parent("middle", Fail, Leaf("c"))));
        Assert.True(root.Remove(keepChildren: true));
        Assert.Equal([JobState.None, JobState.Waiting, JobState.Waiting, JobState.WaitingChildren, JobState.Waiting], scene.States("root", "a", "b", "middle", "c"));
        scene.Pump();

        Assert.Equal(["a", "b", "c", "middle"], scene.Ran);
        Assert.Equal([JobState.None, JobState.Completed, JobState.Failed, JobState.Completed, JobState.Completed], scene.States("root", "a", "b", "middle", "c"));
    }

    [Fact]
    public void Parent_RemovedAloneWhileAChildRuns_TheChildEndsNormally()
    {
        using FlowScene scene = new();
        JobHandle root = default;
        root = scene.Add(Parent("root", Fail, Leaf("a", Does(_ => root.Remove(keepChildren: true)))));
        scene.Pump();

        Assert.Equal((JobState.Completed, true), (scene["a"].State, scene["a"].GetInfo().Value));
        Assert.Equal(JobState.None, root.State);
        Assert.Equal(["a"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRM-05")]
    public void FinishedParent_Removed_TakesCompletedAndFailedChildren()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Ignore, Leaf("a"), Leaf("b", s_boom)));
        scene.Pump();
        Assert.Equal([JobState.Completed, JobState.Completed, JobState.Failed], scene.States("root", "a", "b"));
        Assert.True(root.Remove());
        Assert.Equal([JobState.None, JobState.None, JobState.None], scene.States("root", "a", "b"));
        Assert.Equal(0, scene.Queue.GetJobCounts().Total);
    }

    [Fact]
    [Trait("Behaviour", "FRM-06")]
    public void MiddleNode_Removed_TakesItsSubtreeAndReleasesItsParent()
    {
        using FlowScene scene = new();
        scene.Add(Parent("waits", Fail, Parent("m1", Fail, Leaf("a"), Leaf("b")), Leaf("c")));
        scene.Add(Parent("released", Fail, Parent("m2", Fail, Leaf("d"))));
        Assert.True(scene["m1"].Remove());
        Assert.True(scene["m2"].Remove());

        Assert.All(scene.States("m1", "a", "b", "m2", "d"), static state => Assert.Equal(JobState.None, state));
        Assert.Equal((JobState.WaitingChildren, 1), (scene["waits"].State, scene["waits"].GetInfo().PendingChildren));
        Assert.Equal((JobState.Waiting, 0), (scene["released"].State, scene["released"].GetInfo().PendingChildren));
        scene.Pump();
        Assert.Equal(["released", "c", "waits"], scene.Ran);
        Assert.Equal([JobState.Completed, JobState.Completed], scene.States("waits", "released"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "FRM-07")]
    public void Subtree_WithAnActiveJob_IsNotRemovedAndStartsWaitForTheOutcome(bool succeeds)
    {
        using FlowScene scene = new(works: false);
        TaskCompletionSource running = new();
        using Worker slow = new(scene.Store, "slow", async (job, token) => await running.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle root = scene.Add(Parent("root", Fail, Parent("middle", Fail, Leaf("first"), Leaf("second")), new FlowJob("runs", "slow")));
        scene.Pump();
        string[] all = ["root", "middle", "first", "second", "runs"];
        JobState[] before = scene.States(all);
        Assert.Equal([JobState.WaitingChildren, JobState.WaitingChildren, JobState.Waiting, JobState.Waiting, JobState.Active], before);
        InvalidJobStateException refusal = Assert.Throws<InvalidJobStateException>(() => root.Remove());
        Assert.Contains(scene["runs"].Id.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.States(all));

        // A start that falls into the call: the hold stands as the call sets it, and the worker meets it.
        Assert.True(JobMoves.TryHold(ref scene.Store.Engine.Table.Record(StateWord.SlotOf(scene["first"].Id.ToInt64())), scene["first"].Id.ToInt64(), out _));
        scene.Work();
        scene.Pump(1);
        Assert.Equal(["second"], scene.Ran);
        Assert.Equal(JobState.Waiting, scene["first"].State);
        if (succeeds)
        {
            Assert.True(scene["middle"].Remove());
            scene.Pump();
            Assert.Equal(JobState.None, scene["first"].State);
            Assert.Equal(["second"], scene.Ran);
        }
        else
        {
            Assert.Throws<InvalidJobStateException>(() => root.Remove());
            scene.Pump();
            Assert.Equal(JobState.Completed, scene["first"].State);
            Assert.Equal(["second", "first", "middle"], scene.Ran);
        }

        running.SetResult();
        scene.Pump();
        Assert.Equal(JobState.Completed, root.State);
    }

    [Fact]
    [Trait("Behaviour", "FRM-08")]
    public void RemovedJob_IsFoundNowhere()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", null, new JobOptions { CustomId = "mine" }, Leaf("a"), Leaf("b", "value")));
        JobHandle ended = scene.Queue.Add("ended", "value");
        scene.Pump(2);
        Assert.True(scene["b"].Remove());
        Assert.True(ended.Remove());
        Assert.True(root.Remove());

        Assert.All([root, scene["a"], scene["b"], ended], gone =>
        {
            Assert.False(scene.Store.TryGetJob(gone.Id, out _));
            Assert.False(scene.Queue.TryGetJob(gone.Id, out _));
            Assert.Equal(JobState.None, gone.State);
            Assert.True(gone.IsFinished);
            Assert.False(gone.TryGetInfo(out _));
            Assert.False(gone.TryGetResult<object?>(out _));
            Assert.Throws<JobNotFoundException>(() => gone.GetInfo());
            Assert.Throws<JobNotFoundException>(() => gone.Retry());
            Assert.False(gone.Cancel());
            Assert.False(gone.Remove());
        });
        Assert.False(scene.Queue.TryGetJob("mine", out _));
        Assert.All(Enum.GetValues<JobState>().Where(static state => state != JobState.None), state => Assert.Empty(scene.Queue.GetJobs(state)));
    }

    [Fact]
    [Trait("Behaviour", "FRM-09")]
    public void EveryRemoval_IsAnnouncedWithThePreviousState()
    {
        using FlowScene scene = new(listens: true, retention: new RetentionOptions { Completed = Retention.KeepLast(2) });
        JobHandle root = scene.Add(Parent("root", Fail,
            Leaf("completed"), Leaf("canceled", IsCanceled("enough")), Leaf("waiting"),
            Leaf("delayed", s_boom, new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) })));
        scene.Pump(2);
        Assert.True(scene["waiting"].Remove());
        scene.Pump();
        Assert.True(root.Remove());
        scene.Add(Parent("by hand", Fail, Leaf("last", "x")));
        Assert.True(scene["by hand"].Remove());
        scene.Add(Parent("by policy", Remove, Leaf("failed", s_boom)));
        scene.Pump();
        Assert.True(scene["failed"].Remove());
        JobHandle evicted = scene.Queue.Add("evicted");
        scene.Queue.Add("at once", new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce });
        scene.Queue.Add("next");
        scene.Pump();
        Assert.Equal(JobState.None, evicted.State);

        Assert.Equal(
            [
                ("waiting", JobState.Waiting), ("root", JobState.Failed), ("completed", JobState.Completed), ("canceled", JobState.Canceled), ("delayed", JobState.Delayed),
                ("by hand", JobState.WaitingChildren), ("last", JobState.Waiting), ("by policy", JobState.WaitingChildren), ("failed", JobState.Failed),
                ("at once", JobState.Completed), ("evicted", JobState.Completed),
            ],
            scene.Events.Where(static heard => heard.Type == JobEventType.Removed).Select(static heard => (heard.JobName, heard.PreviousState)));
    }

    [Fact]
    [Trait("Behaviour", "FRM-26")]
    public async Task Flow_Removed_LeavesNoResidue()
    {
        using FlowScene scene = new();
        JobTable table = scene.Store.Engine.Table;
        for (int round = 0; round < 3; round++)
        {
            JobHandle root = scene.Add(Parent("root", Fail, Parent("middle", Ignore, Leaf("a"), Leaf("b", s_boom)), Leaf("c"), Leaf("d")));
            Task wait = root.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask();
            scene.Pump(round);
            Assert.True(root.Remove());

            await Assert.ThrowsAsync<JobNotFoundException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            Assert.Equal(default, scene.Queue.GetJobCounts());
            Assert.True(table.Waiters.IsEmpty);
            Assert.Equal(0, table.Flows.PublishedCount);
            Assert.All(
                Enumerable.Range(JobTable.FirstUsableSlot, table.SlotLimit - JobTable.FirstUsableSlot).Where(table.IsSlot),
                slot => Assert.Equal(StateWord.Free, table.Record(slot).Word & (StateWord.StateMask | StateWord.FlagsMask)));
        }

        scene.Pump();
        Assert.DoesNotContain("root", scene.Ran);
    }
}
