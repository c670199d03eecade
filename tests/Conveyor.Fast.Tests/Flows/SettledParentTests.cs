using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>A parent that has ended by its policy: how it ended, who is told, and what its children's later ends do not do.</summary>
public class SettledParentTests
{
    private static readonly InvalidOperationException s_boom = new("boom");
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Behaviour", "POL-18")]
    public void FailedParent_SiblingCompletesLater_StaysFailedAndIsNotQueued()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", s_boom), Leaf("b")));
        scene.Pump();

        Assert.Equal(JobState.Completed, scene["b"].State);
        Assert.Equal(JobState.Failed, root.State);
        Assert.Equal(["a", "b"], scene.Ran);
        Assert.Equal(0, scene.Queue.GetJobCounts().Waiting);
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Failed], scene.Heard("root"));
    }

    [Fact]
    [Trait("Behaviour", "POL-20")]
    public void FailedParent_WithRemoveOnFail_HonoursIt()
    {
        using FlowScene scene = new(listens: true);
        JobHandle gone = scene.Add(Parent("gone", null, new JobOptions { RemoveOnFail = Retention.RemoveAtOnce }, Leaf("a", s_boom)));
        scene.Pump();
        Assert.Equal(JobState.None, gone.State);
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Failed, JobEventType.Removed], scene.Heard("gone"));

        JobHandle kept = scene.Add(Parent("kept", null, new JobOptions { RemoveOnFail = Retention.KeepLast(1) }, Leaf("b", s_boom)));
        scene.Pump();
        Assert.Equal(JobState.Failed, kept.State);
        scene.Queue.Add("after", s_boom);
        scene.Pump();
        Assert.Equal(JobState.None, kept.State);
    }

    [Fact]
    [Trait("Behaviour", "POL-21")]
    public void FailedParent_ThroughAChild_IsAnnouncedLikeAnyFailure()
    {
        using FlowScene scene = new(listens: true);
        scene.Add(Parent("root", Fail, Leaf("a", s_boom)));
        scene.Pump();

        JobEvent[] failed = [.. scene.Events.Where(static heard => heard.Type == JobEventType.Failed)];
        Assert.Equal(["a", "root"], failed.Select(static heard => heard.JobName));
        JobEvent parent = failed[1];
        Assert.Equal(scene["root"], parent.Job);
        Assert.Equal("q", parent.QueueName);
        Assert.Equal((JobState.WaitingChildren, JobState.Failed), (parent.PreviousState, parent.State));
        Assert.Equal($"child 'a' ({scene["a"].Id}) failed: boom", parent.Reason);
        Assert.Same(s_boom, parent.Error);
    }

    [Fact]
    [Trait("Behaviour", "POL-28")]
    public void FailedParent_SiblingsNotStarted_RunOnWithoutEffect()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", s_boom), Leaf("b", "value"), Leaf("c", new InvalidOperationException("late")), Leaf("d", IsCanceled("late"))));
        scene.Pump(1);
        JobInfo before = root.GetInfo();
        Assert.Equal([JobState.Failed, JobState.Waiting, JobState.Waiting, JobState.Waiting], scene.States("root", "b", "c", "d"));
        scene.Advance(TimeSpan.FromSeconds(1));
        scene.Pump();

        Assert.Equal(["a", "b", "c", "d"], scene.Ran);
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Canceled], scene.States("b", "c", "d"));
        JobInfo after = root.GetInfo();
        Assert.Equal((before.State, before.Reason, before.EndedAt), (after.State, after.Reason, after.EndedAt));
    }

    [Fact]
    [Trait("Behaviour", "POL-31")]
    public async Task Waiter_OnTheParent_IsToldOfFailureAndOfRemoval()
    {
        using FlowScene scene = new();
        scene.Add(Parent("failed", Fail, Leaf("a", s_boom)));
        scene.Add(Parent("removed", Remove, Leaf("b", s_boom)));
        Task<object?> failed = scene["failed"].WaitUntilFinishedAsync<object?>(TestContext.Current.CancellationToken).AsTask();
        Task<object?> removed = scene["removed"].WaitUntilFinishedAsync<object?>(TestContext.Current.CancellationToken).AsTask();
        Assert.False(failed.IsCompleted || removed.IsCompleted);
        scene.Pump();

        JobFailedException failure = await Assert.ThrowsAsync<JobFailedException>(() => failed.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.Equal("failed", failure.JobName);
        Assert.Equal($"child 'a' ({scene["a"].Id}) failed: boom", failure.Reason);
        Assert.Same(s_boom, failure.InnerException);
        await Assert.ThrowsAsync<JobNotFoundException>(() => removed.WaitAsync(s_limit, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Behaviour", "POL-32")]
    public void MissingParent_ChildFails_NoErrorAndNoEffect(bool listens)
    {
        using FlowScene scene = new(listens);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", s_boom), Leaf("b", s_boom)));
        Assert.True(root.Remove(keepChildren: true));
        JobHandle other = scene.Queue.Add("other");
        scene.Pump();

        Assert.Equal(JobState.None, root.State);
        Assert.Equal([JobState.Failed, JobState.Failed], scene.States("a", "b"));
        Assert.Equal(JobState.Completed, other.State);
        Assert.Equal(["a", "b", "other"], scene.Ran); // No error was announced: the scene sees to it.
    }

    [Fact]
    public void Child_FailsUnderAnActiveSibling_ParentFailsBeforeTheSiblingHasReturned()
    {
        using FlowScene scene = new();
        TaskCompletionSource running = new();
        using Worker slow = new(scene.Store, "slow", async (job, token) => await running.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle root = scene.Add(Parent("root", Fail, new FlowJob("runs", "slow"), Leaf("a", s_boom)));
        scene.Pump();
        Assert.Equal([JobState.Failed, JobState.Active], scene.States("root", "runs"));

        running.SetResult();
        scene.Pump();
        Assert.Equal([JobState.Failed, JobState.Completed], scene.States("root", "runs"));
    }
}
