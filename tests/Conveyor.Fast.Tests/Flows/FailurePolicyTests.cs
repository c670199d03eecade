using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>What a child that ended badly does to the parent it belongs to.</summary>
public class FailurePolicyTests
{
    private static readonly InvalidOperationException s_boom = new("boom");

    [Fact]
    [Trait("Behaviour", "POL-01")]
    [Trait("Behaviour", "POL-02")]
    [Trait("Behaviour", "POL-29")]
    public void Fail_OneChildFails_ParentFailsAtOnceNamingTheChild()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", s_boom), Leaf("b")));
        scene.Pump(1);

        JobInfo info = root.GetInfo();
        Assert.Equal(JobState.Failed, info.State);
        Assert.Equal(JobState.Waiting, scene["b"].State);
        Assert.Equal($"child 'a' ({scene["a"].Id}) failed: boom", info.Reason);
        Assert.Same(s_boom, info.Error);

        JobInfo child = scene["a"].GetInfo();
        Assert.Equal(JobState.Failed, child.State);
        Assert.Equal("boom", child.Reason);
        Assert.Same(s_boom, child.Error);
        Assert.Equal(1, child.AttemptsMade);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    [Trait("Behaviour", "POL-03")]
    public void Fail_WhicheverChildFails_ParentNeverRuns(string bad)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, [.. new[] { "a", "b", "c" }.Select(name => Leaf(name, name == bad ? s_boom : null))]));
        scene.Pump();

        Assert.Equal(JobState.Failed, root.State);
        Assert.Equal(["a", "b", "c"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "POL-04")]
    public void Ignore_OneChildFails_ParentRunsWhenTheOthersHaveEnded()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Does(static job => job.GetChildrenValues<string>()[0]), new JobOptions { FailParentOnChildFailure = Ignore }, Leaf("a", s_boom), Leaf("b", "north"), Leaf("c")));
        scene.Pump(2);
        Assert.Equal(JobState.WaitingChildren, root.State);
        scene.Pump();

        Assert.Equal(["a", "b", "c", "root"], scene.Ran);
        Assert.Equal(JobState.Completed, root.State);
        Assert.True(root.TryGetResult(out string? value));
        Assert.Equal("north", value);
    }

    [Fact]
    [Trait("Behaviour", "POL-05")]
    public void Ignore_EveryChildFails_ParentRunsWithoutValues()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Does(static job => (job.GetChildrenValues<object?>().Count, job.GetChildrenFailures().Count)), new JobOptions { FailParentOnChildFailure = Ignore }, Leaf("a", s_boom), Leaf("b", s_boom)));
        scene.Pump();

        Assert.Equal(JobState.Completed, root.State);
        Assert.Equal((0, 2), root.GetInfo().Value);
        Assert.Equal(["a", "b", "root"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "POL-06")]
    public void Ignore_LastChildFails_ParentIsReleasedThen()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Ignore, Leaf("a"), Leaf("b", s_boom)));
        scene.Pump(1);
        Assert.Equal(JobState.WaitingChildren, root.State);
        scene.Pump(1);
        Assert.Equal(JobState.Waiting, root.State);
        scene.Pump();

        Assert.Equal(["a", "b", "root"], scene.Ran);
        Assert.Equal(JobState.Completed, root.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_ChildFails_ParentIsGoneWhoeverListens(bool listens)
    {
        using FlowScene scene = new(listens);
        JobHandle root = scene.Add(Parent("root", Remove, Leaf("a", s_boom)));
        scene.Pump();

        Assert.Equal(JobState.None, root.State);
        Assert.Equal(JobState.Failed, scene["a"].State);
    }

    [Fact]
    [Trait("Behaviour", "POL-07")]
    public void Remove_ChildFails_ParentDisappearsAndIsAnnouncedAsRemoved()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", null, new JobOptions { FailParentOnChildFailure = Remove, CustomId = "mine" }, Leaf("a", s_boom)));
        scene.Pump();

        Assert.Equal(JobState.None, root.State);
        Assert.False(scene.Store.TryGetJob(root.Id, out _));
        Assert.False(scene.Queue.TryGetJob(root.Id, out _));
        Assert.False(scene.Queue.TryGetJob("mine", out _));
        Assert.False(root.TryGetInfo(out _));
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Removed], scene.Heard("root"));
        JobEvent removed = scene.Events.Single(static heard => heard.Type == JobEventType.Removed);
        Assert.Equal(JobState.WaitingChildren, removed.PreviousState);
        Assert.Equal("root", removed.JobName);
    }

    [Fact]
    [Trait("Behaviour", "POL-08")]
    public void Remove_SiblingsWaitingOrRunning_TheirLaterEndsDoNoHarm()
    {
        using FlowScene scene = new(works: false);
        TaskCompletionSource running = new();
        using Worker slow = new(scene.Store, "slow", async (job, token) => await running.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        scene.Work();
        JobHandle root = scene.Add(Parent("root", Remove, new FlowJob("runs", "slow"), Leaf("bad", s_boom), Leaf("good"), Leaf("worse", s_boom)));
        scene.Pump(2);
        Assert.Equal([JobState.Active, JobState.Failed, JobState.Waiting, JobState.Waiting], scene.States("runs", "bad", "good", "worse"));
        Assert.Equal(JobState.None, root.State);

        running.SetResult();
        scene.Pump();
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Completed, JobState.Failed], scene.States("runs", "bad", "good", "worse"));
        Assert.Equal(JobState.None, root.State);
        Assert.Equal(["bad", "good", "worse"], scene.Ran);
    }

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Waiting)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "POL-09")]
    public void Policy_ChildHasAttemptsLeft_ActsOnlyAfterTheLast(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", policy, Leaf("a", s_boom, new JobOptions { Attempts = 3 })));
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            scene.Pump(1);
            Assert.Equal(JobState.Waiting, scene["a"].State);
            Assert.Equal(JobState.WaitingChildren, root.State);
        }

        scene.Pump(1);
        Assert.Equal(JobState.Failed, scene["a"].State);
        Assert.Equal(after, root.State);
    }

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Waiting)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "POL-14")]
    public void Policy_RunningChildIsCanceled_Acts(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", policy, Leaf("a", IsCanceled("not wanted"))));
        scene.Pump(1);

        Assert.Equal(JobState.Canceled, scene["a"].State);
        Assert.Equal(after, root.State);
        if (policy == Fail)
        {
            Assert.Equal($"child 'a' ({scene["a"].Id}) was canceled: not wanted", root.GetInfo().Reason);
        }

        scene.Pump();
        Assert.Equal(policy == Ignore ? ["a", "root"] : ["a"], scene.Ran);
    }

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Waiting)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "POL-16")]
    public void Policy_FailingChildIsRemovedAtOnce_StillActs(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", policy, Leaf("a", s_boom, new JobOptions { RemoveOnFail = Retention.RemoveAtOnce })));
        scene.Pump(1);

        Assert.Equal(JobState.None, scene["a"].State);
        Assert.Equal(after, root.State);
        if (policy == Fail)
        {
            Assert.EndsWith("boom", root.GetInfo().Reason);
        }

        scene.Pump();
        Assert.Equal(policy == Ignore ? ["a", "root"] : ["a"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "POL-22")]
    public void Policy_OfTheParent_CoversAllItsChildrenWhateverTheirsIs()
    {
        string[] names = ["a", "b", "c"];
        foreach (string bad in names)
        {
            using FlowScene scene = new();
            JobHandle tolerant = scene.Add(Parent("tolerant", Ignore, [.. names.Select(name => Leaf(name, name == bad ? s_boom : null, new JobOptions { FailParentOnChildFailure = Fail }))]));
            JobHandle strict = scene.Add(Parent("strict", Fail, [.. names.Select(name => Leaf(name, name == bad ? s_boom : null, new JobOptions { FailParentOnChildFailure = Ignore }))]));
            scene.Pump();

            Assert.Equal(JobState.Completed, tolerant.State);
            Assert.Equal(JobState.Failed, strict.State);
        }
    }

    [Fact]
    [Trait("Behaviour", "POL-23")]
    public void Policy_NotGiven_IsFail()
    {
        using FlowScene scene = new();
        JobHandle bare = scene.Add(new FlowJob("bare", "q") { Children = [Leaf("a", s_boom)] });
        JobHandle unset = scene.Add(Parent("unset", policy: null, Leaf("b", s_boom)));
        Assert.Equal(Fail, bare.GetInfo().FailParentOnChildFailure);
        Assert.Equal(Fail, unset.GetInfo().FailParentOnChildFailure);
        scene.Pump();

        Assert.Equal([JobState.Failed, JobState.Failed], scene.States("bare", "unset"));
        Assert.Equal(["a", "b"], scene.Ran);
    }
}
