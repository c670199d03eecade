using static Conveyor.Fast.ChildFailurePolicy;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>What an end below does level by level up to the root, by the policy of each level.</summary>
public class NestingTests
{
    private static readonly InvalidOperationException s_boom = new("boom");
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Behaviour", "NEST-01")]
    public void Success_FlowsUpLevelByLevel()
    {
        using FlowScene scene = new();
        Func<Job, object?> sum = static job => job.GetChildrenValues<int>().Sum();
        JobHandle root = scene.Add(Parent("root", sum, new JobOptions(),
            Parent("left", sum, new JobOptions(), Leaf("a", 1), Leaf("b", 2)),
            Parent("right", sum, new JobOptions(), Parent("deep", sum, new JobOptions(), Leaf("c", 4)))));
        scene.Pump(2);
        Assert.Equal([JobState.WaitingChildren, JobState.Waiting, JobState.WaitingChildren, JobState.WaitingChildren], scene.States("root", "left", "right", "deep"));
        scene.Pump(2);
        Assert.Equal([JobState.WaitingChildren, JobState.Completed, JobState.WaitingChildren, JobState.Waiting], scene.States("root", "left", "right", "deep"));
        scene.Pump(1);
        Assert.Equal([JobState.WaitingChildren, JobState.Waiting, JobState.Completed], scene.States("root", "right", "deep"));
        scene.Pump(1);
        Assert.Equal([JobState.Waiting, JobState.Completed], scene.States("root", "right"));
        scene.Pump();
        Assert.Equal(["a", "b", "left", "c", "deep", "right", "root"], scene.Ran);
        Assert.Equal((JobState.Completed, 7), (root.State, root.GetInfo().Value));
    }

    [Fact]
    [Trait("Behaviour", "NEST-03")]
    public void MiddleFailRootIgnore_LeafFails_RootProceeds()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Does(static job => job.GetChildrenFailures().Values.Single()), new JobOptions { FailParentOnChildFailure = Ignore }, Parent("middle", Fail, Leaf("leaf", s_boom))));
        scene.Pump();
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Failed], scene.States("root", "middle", "leaf"));
        Assert.Equal(["leaf", "root"], scene.Ran);
        Assert.Equal(scene["middle"].GetInfo().Reason, root.GetInfo().Value);
    }

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Completed)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "NEST-05")]
    public void MiddleRemove_LeafFails_RootActsAsIfTheMiddleHadFailed(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new(listens: true);
        JobHandle root = scene.Add(Parent("root", policy, Parent("middle", Remove, Leaf("leaf", s_boom))));
        scene.Pump();
        Assert.Equal([after, JobState.None, JobState.Failed], scene.States("root", "middle", "leaf"));
        Assert.Equal(policy == Ignore ? ["leaf", "root"] : ["leaf"], scene.Ran);
        Assert.Equal([JobEventType.Added, JobEventType.WaitingChildren, JobEventType.Removed], scene.Heard("middle"));
        if (policy == Fail)
        {
            Assert.Equal($"child 'middle' ({scene["middle"].Id}) failed: child 'leaf' ({scene["leaf"].Id}) failed: boom", root.GetInfo().Reason);
        }
    }

    [Fact]
    [Trait("Behaviour", "NEST-06")]
    public void FiveLevelsOfFail_LeafFails_AllFailUpToTheRoot()
    {
        using FlowScene scene = new(listens: true);
        scene.Add(Parent("5", Fail, Parent("4", Fail, Parent("3", Fail, Parent("2", Fail, Leaf("1", s_boom))))));
        scene.Pump();
        string[] levels = ["1", "2", "3", "4", "5"];
        Assert.All(scene.States(levels), static state => Assert.Equal(JobState.Failed, state));
        Assert.Equal(["1"], scene.Ran);
        Assert.Equal(levels, scene.Events.Where(static heard => heard.Type == JobEventType.Failed).Select(static heard => heard.JobName));
        Assert.Equal(string.Concat(levels.Reverse().Skip(1).Select(level => $"child '{level}' ({scene[level].Id}) failed: ")) + "boom", scene["5"].GetInfo().Reason);
        Assert.Same(s_boom, scene["5"].GetInfo().Error);
    }

    [Fact]
    [Trait("Behaviour", "NEST-07")]
    public void FailedRoot_OtherSubtrees_RunOnUndisturbed()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail,
            Parent("bad", Fail, Leaf("leaf", s_boom)),
            Parent("good", "value", new JobOptions(), Leaf("a"), Parent("deep", Fail, Leaf("b"))),
            Parent("worse", Fail, Leaf("c", new InvalidOperationException("late")))));
        scene.Pump(1);
        JobInfo before = root.GetInfo();
        Assert.Equal([JobState.Failed, JobState.Failed, JobState.WaitingChildren, JobState.WaitingChildren], scene.States("root", "bad", "good", "worse"));
        scene.Pump();
        Assert.Equal([JobState.Failed, JobState.Completed, JobState.Completed, JobState.Failed], scene.States("root", "good", "deep", "worse"));
        Assert.Equal("value", scene["good"].GetInfo().Value);
        Assert.Equal(["leaf", "a", "b", "deep", "good", "c"], scene.Ran);
        Assert.Equal(before.Reason, root.GetInfo().Reason);
    }

    [Theory]
    [InlineData(Fail, JobState.Failed)]
    [InlineData(Ignore, JobState.Waiting)]
    [InlineData(Remove, JobState.None)]
    [Trait("Behaviour", "NEST-08")]
    public void WaitingMiddle_Canceled_SettlesTheRootByItsPolicy(ChildFailurePolicy policy, JobState after)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", policy, Parent("middle", Fail, Leaf("leaf"))));
        Assert.True(scene["middle"].Cancel("enough"));
        Assert.Equal([after, JobState.Canceled, JobState.Canceled], scene.States("root", "middle", "leaf"));
        if (policy == Fail)
        {
            Assert.Equal($"child 'middle' ({scene["middle"].Id}) was canceled: enough", root.GetInfo().Reason);
        }

        scene.Pump();
        Assert.Equal(policy == Ignore ? ["root"] : [], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "NEST-10")]
    public void MiddleWithRemoveOnFail_LeafFails_IsGoneAndNamedByTheRoot()
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", Fail, Parent("middle", null, new JobOptions { RemoveOnFail = Retention.RemoveAtOnce }, Leaf("leaf", s_boom))));
        scene.Pump();
        Assert.Equal([JobState.Failed, JobState.None, JobState.Failed], scene.States("root", "middle", "leaf"));
        Assert.StartsWith($"child 'middle' ({scene["middle"].Id}) failed", root.GetInfo().Reason);
        Assert.EndsWith("boom", root.GetInfo().Reason);
    }

    [Fact]
    [Trait("Behaviour", "NEST-13")]
    public async Task Root_WaitedFor_EndsWithAFailureWhicheverLeafFails()
    {
        string[] leaves = ["a", "b", "c", "d"];
        foreach (string bad in leaves)
        {
            using FlowScene scene = new();
            FlowJob Named(string name) => Leaf(name, name == bad ? s_boom : null);
            JobHandle root = scene.Add(Parent("root", Fail, Parent("left", Fail, Named("a"), Parent("deep", Fail, Named("b"))), Parent("right", Fail, Named("c")), Named("d")));
            Task wait = root.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask();
            scene.Pump();
            JobFailedException failure = await Assert.ThrowsAsync<JobFailedException>(() => wait.WaitAsync(s_limit, TestContext.Current.CancellationToken));
            Assert.Same(s_boom, failure.InnerException);
            Assert.EndsWith($"child '{bad}' ({scene[bad].Id}) failed: boom", failure.Reason);
        }
    }
}
