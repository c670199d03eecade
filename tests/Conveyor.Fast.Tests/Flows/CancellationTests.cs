using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Canceling jobs of a flow: from the top, with what is below or without it.</summary>
public class CancellationTests
{
    private static readonly InvalidOperationException s_boom = new("boom");
    private static readonly JobOptions s_retriedInAnHour = new() { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) };

    [Fact]
    [Trait("Behaviour", "FRM-11")]
    public void WaitingParent_Canceled_NeverRunsEvenAfterAllChildrenHaveCompleted()
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", Fail, Leaf("a"), Leaf("b")));
        Assert.True(root.Cancel("enough", includeChildren: false));
        scene.Pump();

        Assert.Equal(["a", "b"], scene.Ran);
        Assert.Equal([JobState.Canceled, JobState.Completed, JobState.Completed], scene.States("root", "a", "b"));
        Assert.Equal("enough", root.GetInfo().Reason);
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Canceled], scene.Heard("root"));
    }

    [Theory]
    [InlineData(Fail)]
    [InlineData(Ignore)]
    [InlineData(Remove)]
    [Trait("Behaviour", "FRM-12")]
    public void UnfinishedJob_Canceled_TakesItsUnfinishedSubtreeFromTheTop(ChildFailurePolicy policy)
    {
        using FlowScene scene = new(listens: true, works: false);
        TaskCompletionSource running = new();
        CancellationToken token = default;
        Func<Job, CancellationToken, ValueTask> handler = async (job, mine) =>
        {
            token = mine;
            await running.Task;
        };
        using Worker slow = new(scene.Store, "slow", handler, new WorkerOptions { Mode = WorkerMode.Pumped });
        scene.Work();
        FlowJob flow = Parent("root", policy,
            Parent("middle", policy, Leaf("delayed", s_boom, s_retriedInAnHour), new FlowJob("waiting", "nobody")),
            new FlowJob("active", "slow"),
            Leaf("completed"));
        string[] below = ["middle", "delayed", "waiting", "active", "completed"];
        JobState[] unfinished = [JobState.WaitingChildren, JobState.Delayed, JobState.Waiting, JobState.Active, JobState.Completed];

        JobHandle root = scene.Add(flow);
        scene.Pump();
        Assert.Equal(unfinished, scene.States(below));
        scene.Events.Clear();
        Assert.True(root.Cancel("enough"));
        Assert.Equal([JobState.Canceled, JobState.Canceled, JobState.Canceled, JobState.Canceled, JobState.Active, JobState.Completed], scene.States(["root", .. below]));
        Assert.All(["root", "middle", "delayed", "waiting"], name => Assert.Equal("enough", scene[name].GetInfo().Reason));
        Assert.Equal(["root", "middle", "delayed", "waiting"], scene.Events.Select(static heard => heard.JobName));
        Assert.All(scene.Events, static heard => Assert.Equal(JobEventType.Canceled, heard.Type));
        Assert.True(token.IsCancellationRequested);
        running.SetResult();
        scene.Pump();
        Assert.Equal(JobState.Canceled, scene["active"].State);

        // The option leaves the children alone, and a job that has ended passes nothing on.
        running = new TaskCompletionSource();
        root = scene.Add(flow);
        scene.Pump();
        Assert.True(root.Cancel("enough", includeChildren: false));
        Assert.Equal([JobState.Canceled, .. unfinished], scene.States(["root", .. below]));
        Assert.False(root.Cancel("again"));
        Assert.Equal([JobState.Canceled, .. unfinished], scene.States(["root", .. below]));
        Assert.False(token.IsCancellationRequested);
        running.SetResult();
        scene.Pump();
        Assert.Equal(JobState.Completed, scene["active"].State);
        Assert.DoesNotContain("root", scene.Ran);
    }

    [Fact]
    public void UnfinishedJob_Canceled_TakesWhatIsLeftBelowAnEndedOne()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Ignore, Parent("failed", Fail, Leaf("a", s_boom), Parent("deep", Fail, Leaf("b"))), Leaf("c")));
        scene.Pump(1);
        Assert.Equal([JobState.WaitingChildren, JobState.Failed, JobState.WaitingChildren, JobState.Waiting], scene.States("root", "failed", "deep", "b"));
        Assert.True(root.Cancel());

        Assert.Equal([JobState.Canceled, JobState.Failed, JobState.Failed, JobState.Canceled, JobState.Canceled, JobState.Canceled], scene.States("root", "failed", "a", "deep", "b", "c"));
        scene.Pump();
        Assert.Equal(["a"], scene.Ran);
    }
}
