using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Attempts and new lives of children and parents: who hears of them, and how often a child counts.</summary>
public class RetryByHandTests
{
    private static readonly InvalidOperationException s_boom = new("boom");
    private static readonly JobOptions s_twice = new() { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) };

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Completed)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "FRT-01")]
    public void Child_FailsAndIsRetried_ParentHearsNothingUntilItsEnd(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new(listens: true);
        scene.Add(Parent("lucky", policy, Leaf("a", Does(static job => job.AttemptsMade == 0 ? throw s_boom : "value"), s_twice)));
        scene.Add(Parent("unlucky", policy, Leaf("b", s_boom, s_twice)));
        scene.Pump();
        Assert.Equal([JobState.Delayed, JobState.WaitingChildren, JobState.Delayed, JobState.WaitingChildren], scene.States("a", "lucky", "b", "unlucky"));
        Assert.Equal((1, 1), (scene["lucky"].GetInfo().PendingChildren, scene["unlucky"].GetInfo().PendingChildren));
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren], scene.Heard("lucky"));
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren], scene.Heard("unlucky"));

        scene.Advance(TimeSpan.FromSeconds(1));
        scene.Pump();
        Assert.Equal([JobState.Completed, JobState.Completed, JobState.Failed, after], scene.States("a", "lucky", "b", "unlucky"));
    }

    [Fact]
    [Trait("Behaviour", "FRT-02")]
    public void Child_RetriedRerunAndDoublyFinished_CountsOnce()
    {
        using FlowScene scene = new();
        List<RunNumber> runs = [];
        Func<Job, object?> twiceBad = job =>
        {
            runs.Add(RunNumber.Of(job));
            return runs.Count <= 2 ? throw s_boom : null;
        };
        JobHandle root = scene.Add(Parent("root", Ignore, Leaf("a", twiceBad, new JobOptions { Attempts = 2 }), new FlowJob("b", "later"), new FlowJob("c", "later")));
        scene.Pump(1);
        Assert.Equal(3, root.GetInfo().PendingChildren); // An attempt that failed does not count.
        scene.Pump();
        Assert.Equal((JobState.Failed, 2), (scene["a"].State, root.GetInfo().PendingChildren));

        for (int life = 2; life <= 4; life++)
        {
            scene["a"].Retry(includeCompleted: true);
            scene.Pump();
            Assert.All(runs, static run => Assert.False(run.TryEndAgain(JobState.Completed) || run.TryEndAgain(JobState.Failed)));
            Assert.Equal((JobState.Completed, 2), (scene["a"].State, root.GetInfo().PendingChildren));
            Assert.Equal(JobState.WaitingChildren, root.State);
        }

        using Worker later = new(scene.Store, "later", _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        scene.Pump();
        Assert.Equal(JobState.Completed, root.State);
        Assert.Equal(["a", "a", "a", "a", "a", "root"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRT-03")]
    public void Child_ThatFailedItsParent_IsRetried_RunsAlone()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", Does(static job => job.Handle.GetInfo().StartedAt > job.Handle.GetInfo().CreatedAt ? "value" : throw s_boom))));
        scene.Pump();
        JobInfo before = root.GetInfo();
        scene.Advance(TimeSpan.FromSeconds(1));
        scene["a"].Retry();
        scene.Pump();

        Assert.Equal((JobState.Completed, "value"), (scene["a"].State, scene["a"].GetInfo().Value));
        Assert.Equal(["a", "a"], scene.Ran);
        JobInfo after = root.GetInfo();
        Assert.Equal((JobState.Failed, before.Reason, before.EndedAt), (after.State, after.Reason, after.EndedAt));
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Failed], scene.Heard("root"));
    }

    [Fact]
    [Trait("Behaviour", "FRT-07")]
    public void Parent_FailedOrCanceled_IsRetriedWithAnUnfinishedChild_WaitsForItAgain()
    {
        using FlowScene scene = new(listens: true);
        scene.Add(Parent("failed", Fail, Leaf("a", s_boom), Leaf("b", "north")));
        scene.Pump(1);
        scene.Add(Parent("canceled", Fail, Leaf("c", "south"), Leaf("d", "east")));
        Assert.True(scene["canceled"].Cancel(includeChildren: false));
        Assert.Equal([JobState.Failed, JobState.Canceled], scene.States("failed", "canceled"));

        scene["failed"].Retry();
        scene["canceled"].Retry();
        Assert.Equal([JobState.WaitingChildren, JobState.WaitingChildren], scene.States("failed", "canceled"));
        Assert.Equal((1, 2), (scene["failed"].GetInfo().PendingChildren, scene["canceled"].GetInfo().PendingChildren));
        scene.Pump();

        Assert.Equal(["a", "b", "failed", "c", "d", "canceled"], scene.Ran);
        Assert.Equal([JobState.Completed, JobState.Completed], scene.States("failed", "canceled"));
        Assert.Equal(
            [JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Failed, JobEventType.WaitingChildren, JobEventType.Waiting, JobEventType.Active, JobEventType.Completed],
            scene.Heard("failed"));
    }

    [Fact]
    public void Parent_RetriedAfterAChildFailed_ReadsItLikeAnIgnoredOne()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Does(static job =>
        {
            JobDependencies children = job.GetDependencies();
            Assert.Equal((2, 1, 1, 0), (children.Total, children.Completed, children.Ignored, children.Failed));
            Assert.Equal("boom", job.GetChildrenFailures()[job.Children[0].Job.Id]);
            return job.GetChildrenValues<string>()[0];
        }), new JobOptions(), Leaf("a", s_boom), Leaf("b", "north")));
        scene.Pump();
        Assert.Equal(JobChildKind.Failed, root.Children[0].Kind);
        root.Retry();
        Assert.Equal(JobState.Waiting, root.State);
        scene.Pump();

        Assert.Equal((JobState.Completed, null), (root.State, root.GetInfo().Reason));
        Assert.Equal("north", root.GetInfo().Value);
    }

    [Fact]
    public void Parent_RetriedWithARetriedChild_WaitsForItAndHearsOfItsEnd()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", s_boom)));
        scene.Pump();
        for (int life = 2; life <= 3; life++)
        {
            scene["a"].Retry();
            root.Retry();
            Assert.Equal((JobState.WaitingChildren, 1), (root.State, root.GetInfo().PendingChildren));
            scene.Pump();
            Assert.Equal([JobState.Failed, JobState.Failed], scene.States("root", "a"));
        }

        Assert.Equal(["a", "a", "a"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRT-10")]
    public void Parent_FailsWithAttemptsLeft_IsRetriedAlone()
    {
        using FlowScene scene = new(retention: new RetentionOptions { Completed = Retention.RemoveAtOnce });
        JobHandle root = scene.Add(Parent("root", Does(static job => job.AttemptsMade < 2 ? throw s_boom : string.Join('+', job.GetChildrenValues<string>())), new JobOptions { Attempts = 3, RemoveOnComplete = Retention.KeepAll }, Leaf("a", "north"), Leaf("b", "south")));
        scene.Pump();

        Assert.Equal(["a", "b", "root", "root", "root"], scene.Ran);
        Assert.Equal(JobState.Completed, root.State);
        Assert.Equal("north+south", root.GetInfo().Value);
    }

    [Fact]
    [Trait("Behaviour", "FRT-11")]
    public void Parent_FailsForGood_ChildrenStayCompleted()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", s_boom, new JobOptions { Attempts = 2 }, Leaf("a", "north"), Leaf("b", "south")));
        scene.Pump();

        Assert.Equal([JobState.Failed, JobState.Completed, JobState.Completed], scene.States("root", "a", "b"));
        Assert.Equal(["north", "south"], new[] { scene["a"].GetInfo().Value, scene["b"].GetInfo().Value });
        Assert.Equal("boom", root.GetInfo().Reason);
        Assert.Equal(["a", "b", "root", "root"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRT-12")]
    public void Retry_OfAWaitingChildrenJob_IsRefused()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a")));
        InvalidJobStateException refusal = Assert.Throws<InvalidJobStateException>(() => root.Retry());
        Assert.Contains("WaitingChildren", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidJobStateException>(() => root.Retry(includeCompleted: true));

        Assert.Equal((JobState.WaitingChildren, 1), (root.State, root.GetInfo().PendingChildren));
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren], scene.Heard("root"));
        scene.Pump();
        Assert.Equal(["a", "root"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FRT-14")]
    public void Child_EndsAfterItsParentWasRemoved_EndsNormally()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a", "value"), Leaf("b", s_boom)));
        Assert.True(root.Remove(keepChildren: true));
        scene.Pump();

        Assert.Equal([JobState.Completed, JobState.Failed], scene.States("a", "b"));
        Assert.Equal("value", scene["a"].GetInfo().Value);
        Assert.Equal([JobEventType.Added, JobEventType.Waiting, JobEventType.Active, JobEventType.Completed], scene.Heard("a"));
        Assert.Equal(JobState.None, root.State);
        Assert.Equal(JobEventType.Removed, scene.Heard("root")[^1]);
    }

    [Fact]
    [Trait("Behaviour", "POL-19")]
    public void Parent_CompletedActiveOrCanceled_IsNeverFlippedByALaterChildEvent()
    {
        using FlowScene scene = new(works: false);
        TaskCompletionSource running = new();
        Func<Job, CancellationToken, ValueTask<object?>> waits = async (job, token) =>
        {
            await running.Task;
            return "mine";
        };
        using Worker slow = new(scene.Store, "slow", waits, new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = 3 });
        scene.Work();
        List<RunNumber> runs = [];
        Func<Job, object?> thenBad = job =>
        {
            runs.Add(RunNumber.Of(job));
            return job.Handle.GetInfo().StartedAt > job.Handle.GetInfo().CreatedAt ? throw s_boom : null;
        };
        foreach (ChildFailurePolicy policy in Enum.GetValues<ChildFailurePolicy>())
        {
            scene.Add(Parent($"completed {policy}", policy, Leaf($"a {policy}", thenBad)));
            scene.Add(Parent($"canceled {policy}", policy, Leaf($"b {policy}", thenBad), new FlowJob($"unfinished {policy}", "nobody")));
            scene.Add(new FlowJob($"active {policy}", "slow") { Options = new JobOptions { FailParentOnChildFailure = policy }, Children = [Leaf($"c {policy}", thenBad)] });
        }

        scene.Pump();
        ChildFailurePolicy[] policies = Enum.GetValues<ChildFailurePolicy>();
        Assert.All(policies, policy => Assert.True(scene[$"canceled {policy}"].Cancel("enough", includeChildren: false)));
        scene.Advance(TimeSpan.FromSeconds(1));
        foreach (ChildFailurePolicy policy in policies)
        {
            foreach (char child in "abc")
            {
                scene[$"{child} {policy}"].Retry(includeCompleted: true);
            }
        }

        scene.Pump();
        Assert.All(runs, static run => Assert.False(run.TryEndAgain(JobState.Failed)));
        Assert.All(policies, policy =>
        {
            Assert.Equal([JobState.Failed, JobState.Failed, JobState.Failed], scene.States($"a {policy}", $"b {policy}", $"c {policy}"));
            Assert.Equal([JobState.Completed, JobState.Canceled, JobState.Active], scene.States($"completed {policy}", $"canceled {policy}", $"active {policy}"));
            Assert.Equal("enough", scene[$"canceled {policy}"].GetInfo().Reason);
        });

        running.SetResult();
        scene.Pump();
        Assert.All(policies, policy => Assert.Equal((JobState.Completed, "mine"), (scene[$"active {policy}"].State, scene[$"active {policy}"].GetInfo().Value)));
    }
}
