using Conveyor.Fast.Tests.Support;
using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Leaves that attach to a live job by its deduplication key: what their parents see of it, and what they do to it.</summary>
public class AttachedChildrenTests
{
    private static readonly JobOptions s_keyed = new() { Deduplication = Deduplication.ByKey("k") };
    private static readonly JobOptions s_ignoring = new() { FailParentOnChildFailure = ChildFailurePolicy.Ignore };

    [Fact]
    [Trait("Behaviour", "FLOW-24")]
    public void Add_LeavesWithTheKeyOfALiveJob_AttachToItAndEachParentReadsItsValue()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add("shared", 42, s_keyed);
        JobHandle one = scene.Add(Parent("one", Values, s_ignoring, Attached(), Leaf("own", 1)));
        JobHandle two = scene.Add(Parent("two", Values, s_ignoring, Attached()));

        Assert.Equal([shared.Id], two.GetInfo().ChildrenIds);
        Assert.Equal([one.Id, two.Id], shared.GetInfo().Parents);
        Assert.Equal((2, 1), (one.GetInfo().PendingChildren, two.GetInfo().PendingChildren));
        Assert.Equal(2, scene.Queue.GetJobCounts().Waiting);
        scene.Pump();

        Assert.Equal("42 1", one.GetInfo().Value);
        Assert.Equal("42", two.GetInfo().Value);
        Assert.Equal(1, scene.Ran.Count(static name => name == "shared"));
        InvalidFlowException refusal = Assert.Throws<InvalidFlowException>(() => scene.Add(Parent("root", null, new JobOptions(), Parent("keyed parent", null, s_keyed, Leaf("leaf")))));
        Assert.Contains("children[0]", refusal.Message);
    }

    [Fact]
    public void Add_LeafWithACustomIdThatAttaches_LeavesTheIdFree()
    {
        using FlowScene scene = new();
        scene.Queue.Add("shared", 42, s_keyed);
        JobOptions both = new() { CustomId = "id", Deduplication = Deduplication.ByKey("k") };
        scene.Add(Parent("parent", null, new JobOptions(), Leaf("leaf", 1, both)));

        JobHandle added = scene.Queue.Add("added", 2, new JobOptions { CustomId = "id" });

        Assert.Equal(JobState.Waiting, added.State);
    }

    [Fact]
    public void Parent_OfVeryManyKeyedChildren_LetsThemGoWithoutRecursion()
    {
        const int Children = 30_000;
        using FlowScene scene = new();
        FlowJob Keyed(int i) => Leaf("leaf", i, new JobOptions { Deduplication = Deduplication.ByKey($"k{i}") });
        JobHandle parent = scene.Add(Parent("parent", 1, new JobOptions(), [.. Enumerable.Range(0, Children).Select(Keyed)]));

        scene.Pump();

        Assert.Equal(JobState.Completed, parent.State);
        Assert.InRange(scene.Queue.GetJobCounts().Completed, 1_000, 1_064);
    }

    [Fact]
    public void Add_SameKeyTwiceInOneFlow_IsTwoEdgesToOneJob()
    {
        using FlowScene scene = new();
        JobHandle parent = scene.Add(Parent("parent", Values, new JobOptions(), Leaf("leaf", 7, s_keyed), Leaf("leaf", 8, s_keyed)));

        JobId child = Assert.Single(parent.GetInfo().ChildrenIds.Distinct());
        Assert.Equal(2, parent.GetInfo().PendingChildren);
        Assert.Equal(parent.Id, scene["leaf"].GetInfo().ParentId);
        scene.Pump();

        Assert.Equal(["leaf", "parent"], scene.Ran);
        Assert.Equal("7 7", parent.GetInfo().Value);
        Assert.Equal(child, scene["leaf"].Id);
    }

    [Fact]
    public void End_Bad_SettlesEachParentByItsOwnPolicy()
    {
        using FlowScene scene = new();
        scene.Queue.Add<object>("shared", new InvalidOperationException("boom"), s_keyed);
        foreach (ChildFailurePolicy policy in Enum.GetValues<ChildFailurePolicy>())
        {
            scene.Add(Parent($"top {policy}", s_ignoring.FailParentOnChildFailure, Parent($"{policy}", policy, Attached())));
        }

        scene.Pump();

        Assert.Equal([JobState.Failed, JobState.Completed, JobState.None], scene.States("Fail", "Ignore", "Remove"));
        Assert.All(scene.States("top Fail", "top Ignore", "top Remove"), static state => Assert.Equal(JobState.Completed, state));
        Assert.EndsWith("boom", scene["Fail"].GetInfo().Reason);
        Assert.StartsWith("child 'shared'", scene["Fail"].GetInfo().Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelOrRemove_OfTheSharedJob_SettlesAllItsEdges(bool cancels)
    {
        using FlowScene scene = new(listens: true);
        JobHandle shared = scene.Queue.Add("shared", 1, s_keyed);
        scene.Add(Parent("one", Values, new JobOptions(), Attached()));
        scene.Add(Parent("two", Values, s_ignoring, Attached(), Leaf("own", 2)));

        Assert.True(cancels ? shared.Cancel("why") : shared.Remove());
        Assert.Equal(cancels ? JobState.Failed : JobState.Waiting, scene["one"].State);
        Assert.Equal(JobState.WaitingChildren, scene["two"].State);
        scene.Pump();

        Assert.Equal(cancels ? [JobState.Failed, JobState.Completed] : [JobState.Completed, JobState.Completed], scene.States("one", "two"));
        Assert.Equal("2", scene["two"].GetInfo().Value);
        JobEventType end = cancels ? JobEventType.Canceled : JobEventType.Removed;
        JobEventType follows = cancels ? JobEventType.Failed : JobEventType.Waiting;
        List<(JobHandle, JobEventType)> heard = [.. scene.Events.Select(static heard => (heard.Job, heard.Type))];
        Assert.True(heard.IndexOf((shared, end)) < heard.IndexOf((scene["one"], follows)));
    }

    [Fact]
    public void RemoveOnComplete_OfTheSharedJob_KeepsItsValueForEachParentUntilThatHasCompleted()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add("shared", 5, new JobOptions { Deduplication = Deduplication.ByKey("k"), RemoveOnComplete = Retention.RemoveAtOnce });
        scene.Add(Parent("early", Values, new JobOptions { Priority = 1 }, Attached()));
        scene.Add(Parent("late", Values, new JobOptions { Priority = 2 }, Attached()));
        scene.Pump(2);

        Assert.Equal(JobState.Completed, scene["early"].State);
        Assert.Equal(JobState.None, shared.State);
        Assert.Equal(5, scene["late"].Children[0].GetValue<int>());
        scene.Pump();

        Assert.Equal("5", scene["late"].GetInfo().Value);
        Assert.Equal(JobState.None, scene["late"].Children[0].State);
    }

    [Fact]
    public void Retention_OfTheSharedJob_CountsItFromItsLastParentOnAndOnce()
    {
        using FlowScene scene = new(retention: new RetentionOptions { Completed = Retention.KeepLast(4) });
        JobHandle shared = scene.Queue.Add("shared", 5, s_keyed);
        scene.Add(Parent("early", Values, new JobOptions(), Attached()));
        scene.Add(Parent("late", Values, new JobOptions(), Attached(), Leaf("last", 6, new JobOptions { Priority = 9 })));
        JobHandle[] fillers = [.. Enumerable.Range(0, 6).Select(i => scene.Queue.Add("filler", i))];
        scene.Pump();

        // Counted in this order: the fillers, the shared job and the last leaf with the parent that lets them go.
        Assert.Equal([JobState.Completed, JobState.Completed, JobState.Completed], scene.States("last", "late", "attached"));
        Assert.Equal([JobState.None, JobState.Completed], fillers[^2..].Select(static filler => filler.State));
        scene.Queue.Add("one more", 0);
        scene.Queue.Add("one more", 0);
        scene.Pump();

        Assert.Equal(JobState.None, shared.State);
        Assert.Equal(JobState.Completed, scene["last"].State);
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("cancel")]
    [InlineData("remove")]
    public void End_BetweenAttachingAndTheOpeningOfTheEdge_SettlesItFromTheRecord(string how)
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add<object>("shared", how == "fail" ? new InvalidOperationException("boom") : 3, new JobOptions
        {
            Deduplication = Deduplication.ByKey("k"),
            RemoveOnComplete = Retention.RemoveAtOnce,
            RemoveOnFail = Retention.RemoveAtOnce,
        });
        using (scene.Store.Events.Subscribe((Action<JobEvent>)(heard => End(scene, shared, how)), JobEventType.WaitingChildren))
        {
            scene.Add(Parent("parent", Values, new JobOptions(), Attached(), Leaf("own", 4)));
        }

        Assert.Equal(JobState.None, shared.State);
        Assert.Equal(how is "fail" or "cancel" ? JobState.Failed : JobState.WaitingChildren, scene["parent"].State);
        scene.Pump();

        Assert.Equal(how switch { "complete" => "3 4", "remove" => "4", _ => null }, scene["parent"].GetInfo().Value);
    }

    [Fact]
    [Trait("Behaviour", "FRM-60")]
    public void CancelAndRemove_OfFlowsThatAttached_LeaveTheSharedJobToItsOtherParents()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add("shared", 6, s_keyed);
        scene.Add(Parent("canceled", null, new JobOptions(), Parent("middle", null, new JobOptions(), Attached())));
        scene.Add(Parent("removed", null, new JobOptions(), Attached(), Leaf("taken along")));
        scene.Add(Parent("other", Values, new JobOptions(), Attached()));

        Assert.True(scene["canceled"].Cancel());
        Assert.True(scene["removed"].Remove());
        Assert.Equal([JobState.Canceled, JobState.Canceled, JobState.None, JobState.None], scene.States("canceled", "middle", "removed", "taken along"));
        Assert.Equal(JobState.Waiting, shared.State);
        scene.CheckIntegrity();
        scene.Pump();

        Assert.Equal(JobState.Completed, shared.State);
        Assert.Equal("6", scene["other"].GetInfo().Value);
        Assert.Equal(["shared", "other"], scene.Ran);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelOrRemove_OfOneOfTwoParentsInAFlow_LeavesTheJobThatBothWaitFor(bool cancels)
    {
        using FlowScene scene = new();
        scene.Add(Parent("root", ChildFailurePolicy.Ignore, Parent("one", null, new JobOptions(), Leaf("shared", 1, s_keyed)), Parent("two", Values, new JobOptions(), Leaf("shared", 2, s_keyed))));

        Assert.True(cancels ? scene["one"].Cancel() : scene["one"].Remove());
        Assert.Equal(JobState.Waiting, scene["shared"].State);
        scene.Pump();

        Assert.Equal("1", scene["two"].GetInfo().Value);
        Assert.Equal(JobState.Completed, scene["root"].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelOrRemove_OfAWholeFlow_TakesTheJobThatSeveralOfItsParentsWaitFor(bool cancels)
    {
        using FlowScene scene = new();
        JobHandle root = scene.Add(Parent("root", null, Parent("one", null, new JobOptions(), Leaf("shared", 1, s_keyed)), Parent("two", null, new JobOptions(), Leaf("shared", 2, s_keyed))));

        Assert.True(cancels ? root.Cancel() : root.Remove());

        JobState gone = cancels ? JobState.Canceled : JobState.None;
        Assert.All(scene.States("root", "one", "two", "shared"), state => Assert.Equal(gone, state));
        Assert.Equal(0, scene.Queue.GetJobCounts().Waiting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelOrRemove_OfAParentThatWaitsForAJobTwice_TakesItOnce(bool cancels)
    {
        using FlowScene scene = new(listens: true);
        JobHandle parent = scene.Add(Parent("parent", null, Leaf("shared", 1, s_keyed), Leaf("shared", 2, s_keyed)));

        Assert.True(cancels ? parent.Cancel() : parent.Remove());

        Assert.Equal(cancels ? JobState.Canceled : JobState.None, scene["shared"].State);
        Assert.Single(scene.Heard("shared"), cancels ? JobEventType.Canceled : JobEventType.Removed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelOrRemove_OfTheFlowThatCreatedIt_LeavesTheJobToTheFlowThatAttached(bool cancels)
    {
        using FlowScene scene = new();
        JobHandle creator = scene.Add(Parent("creator", null, Leaf("shared", 1, s_keyed)));
        JobHandle shared = scene["shared"];
        scene.Add(Parent("other", Values, new JobOptions(), Attached()));

        Assert.True(cancels ? creator.Cancel() : creator.Remove());
        Assert.Equal(JobState.Waiting, shared.State);
        Assert.Equal(creator.Id, shared.GetInfo().ParentId);
        scene.Pump();

        Assert.Equal("1", scene["other"].GetInfo().Value);
    }

    [Fact]
    [Trait("Behaviour", "FRM-61")]
    public void Add_RefusedAgainAndAgain_LeavesNothingOnTheLiveJob()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add("shared", 1, s_keyed);
        scene.Queue.Add("stored", 1, new JobOptions { CustomId = "taken" });
        scene.Store.GetQueue("full", new JobQueueOptions { Capacity = 1 }).Add("filler");
        for (int i = 0; i < 1000; i++)
        {
            Assert.Throws<DuplicateJobException>(() => scene.Add(Parent("root", null, Attached(), Leaf("clash", null, new JobOptions { CustomId = "taken" }))));
            Assert.Throws<QueueFullException>(() => scene.Add(Parent("root", null, Attached(), new FlowJob("no room", "full"))));
            Assert.Throws<InvalidFlowException>(() => scene.Add(Parent("root", null, Attached(), null!)));
        }

        Assert.Empty(shared.GetInfo().Parents);
        Assert.Empty(scene.Store.Engine.Table.Keyed.Find(shared.Id.ToInt64())!.Edges());
        scene.CheckIntegrity();
        scene.Pump();

        Assert.Equal(JobState.Completed, shared.State);
        Assert.Equal(["shared", "stored"], scene.Ran);
    }

    [Fact]
    public void Retry_OfAParent_WaitsAgainForALiveJobItAttachedTo()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add("shared", 1, new JobOptions { Deduplication = Deduplication.ByKey("k"), Priority = 5 });
        scene.Add(Parent("parent", Values, new JobOptions(), Attached(), Leaf("bad", new InvalidOperationException("boom"))));
        scene.Pump(1);
        Assert.Equal(JobState.Failed, scene["parent"].State);

        scene["parent"].Retry();
        Assert.Equal((JobState.WaitingChildren, 1), (scene["parent"].State, scene["parent"].GetInfo().PendingChildren));
        scene.Pump();

        Assert.Equal("1", scene["parent"].GetInfo().Value);
        Assert.Equal(JobState.Completed, shared.State);
    }

    [Fact]
    public void Retry_OfAJobAfterItsEdgesSettledAndThenOfAParent_OpensThatParentsEdgeAlone()
    {
        using FlowScene scene = new();
        JobHandle shared = scene.Queue.Add<object>("shared", Does(job => job.AttemptsMade == 0 && scene.Ran.Count == 1 ? throw new InvalidOperationException("boom") : 2), s_keyed);
        scene.Add(Parent("retried", Values, new JobOptions(), Attached()));
        scene.Add(Parent("left", Values, new JobOptions(), Attached()));
        scene.Pump();
        Assert.Equal([JobState.Failed, JobState.Failed], scene.States("retried", "left"));

        shared.Retry();
        scene["retried"].Retry();
        Assert.Equal(JobState.WaitingChildren, scene["retried"].State);
        scene.CheckIntegrity();
        scene.Pump();

        Assert.Equal("2", scene["retried"].GetInfo().Value);
        Assert.Equal(JobState.Failed, scene["left"].State);
    }

    [Fact]
    public void Handler_OfAnAttachedJob_SeesItsParentsAndItsParentTheJobTwice()
    {
        using FlowScene scene = new();
        List<JobId> seen = [];
        JobId? first = null;
        JobHandle shared = scene.Queue.Add<object>("shared", Does(job =>
        {
            seen.AddRange(job.Parents);
            first = job.ParentId;
            Assert.Equal("q", job.ParentQueueName);
            Assert.True(job.TryGetParent(out JobHandle parent) && parent.Id == first);
            return 3;
        }), s_keyed);
        JobHandle twice = scene.Add(Parent("twice", Does(static job => job.GetChildrenValuesById<int>().Count + job.GetDependencies().Completed), new JobOptions(), Attached(), Attached()));
        JobHandle once = scene.Add(Parent("once", null, Attached()));
        scene.Pump();

        Assert.Equal([twice.Id, once.Id], seen);
        Assert.Equal(twice.Id, first);
        Assert.Equal(3, twice.GetInfo().Value);
        Assert.Equal(shared.Id, Assert.Single(once.GetInfo().ChildrenIds));
    }

    [Fact]
    public void Add_ManyFlowsThatComeAndGo_LeaveTheJobThatTheyAttachToSmall()
    {
        using FlowScene scene = new(works: false);
        JobHandle shared = scene.Queue.Add("shared", 1, s_keyed);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(scene.Add(Parent("root", null, Attached())).Remove());
        }

        Assert.InRange(scene.Store.Engine.Table.Keyed.Find(shared.Id.ToInt64())!.Edges().Length, 0, 16);
        Assert.Equal(1, scene.Queue.GetJobCounts().Waiting);
    }

    private static Func<Job, object?> Values { get; } = static job => string.Join(' ', job.GetChildrenValues<int>());

    private static FlowJob Attached() => Leaf("attached", null, s_keyed);

    private static void End(FlowScene scene, JobHandle shared, string how)
    {
        if (how == "cancel")
        {
            Assert.True(shared.Cancel());
        }
        else if (how == "remove")
        {
            Assert.True(shared.Remove());
        }
        else
        {
            scene.Pump(1);
        }
    }
}
