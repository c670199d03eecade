using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>What is stored when a flow is added.</summary>
public class FlowCreationTests
{
    [Fact]
    [Trait("Behaviour", "FLOW-01")]
    public void Add_ParentWithTwoLeaves_ParentWaitsForTwoAndLeavesAreReady()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] });

        JobInfo parent = flow.Job.GetInfo();
        Assert.Equal((JobState.WaitingChildren, 2), (parent.State, parent.PendingChildren));
        Assert.Equal(2, flow.Children.Count);
        Assert.All(flow.Children, child =>
        {
            JobInfo info = child.Job.GetInfo();
            Assert.Equal((JobState.Waiting, parent.Id, "q"), (info.State, info.ParentId!.Value, info.ParentQueueName));
        });
    }

    [Fact]
    [Trait("Behaviour", "FLOW-02")]
    public void Add_NodeWithoutChildren_IsAnOrdinaryWaitingJob()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => "value");
        FlowResult flow = test.Flows.Add(new FlowJob("single", "q", "data"));
        JobInfo plain = test.Queue("q").Add("plain", "data").GetInfo();
        JobInfo single = flow.Job.GetInfo();

        Assert.NotNull(flow.Children);
        Assert.Empty(flow.Children);
        Assert.Equal((plain.State, plain.Data, plain.QueueName), (single.State, single.Data, single.QueueName));
        Assert.Equal(JobState.Waiting, single.State);
        Assert.Null(single.ParentId);
        Assert.Empty(single.ChildrenIds);
        Assert.Equal(0, single.PendingChildren);
        test.Pump();
        Assert.Equal(["single", "plain"], test.Ran);
        Assert.Equal("value", flow.Job.GetInfo().Value);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-03")]
    public void Add_NodeWithAnEmptyChildrenList_BehavesLikeOneWithoutChildren()
    {
        using PumpedStore test = new();
        test.Work("q");
        IList<FlowJob>[] empty = [[], new List<FlowJob>(), new System.Collections.ObjectModel.Collection<FlowJob>()];
        FlowResult[] flows = [.. empty.Select((children, i) => test.Flows.Add(new FlowJob($"single-{i}", "q") { Children = children }))];
        FlowResult nested = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("leaf", "q") { Children = [] }] });

        Assert.All([.. flows, nested.Children[0]], static flow =>
        {
            Assert.Equal((JobState.Waiting, JobState.Waiting), (flow.State, flow.Job.State));
            Assert.Empty(flow.Children);
        });
        test.Pump();
        Assert.Equal(["single-0", "single-1", "single-2", "leaf", "parent"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-04")]
    public void Add_ThreeLevels_InnerNodesCountTheirDirectChildrenOnly()
    {
        using PumpedStore test = new();
        FlowResult root = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("middle", "q") { Children = [new FlowJob("leaf", "q")] }] });
        FlowResult middle = root.Children[0];
        FlowResult leaf = middle.Children[0];

        Assert.Equal((JobState.WaitingChildren, 1), (root.Job.State, root.Job.GetInfo().PendingChildren));
        Assert.Equal([middle.Job.Id], root.Job.GetInfo().ChildrenIds);
        Assert.Equal((JobState.WaitingChildren, 1), (middle.Job.State, middle.Job.GetInfo().PendingChildren));
        Assert.Equal([leaf.Job.Id], middle.Job.GetInfo().ChildrenIds);
        Assert.Equal(JobState.Waiting, leaf.Job.State);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-05")]
    public void Add_ChildOfAnotherQueue_IsStoredThereAndPointsBack()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("order", "orders") { Children = [new FlowJob("charge", "payments")] });
        JobId child = flow.Children[0].Job.Id;

        Assert.True(test.Queue("payments").TryGetJob(child, out JobHandle found));
        Assert.False(test.Queue("orders").TryGetJob(child, out _));
        Assert.Equal((flow.Job.Id, "orders"), (found.GetInfo().ParentId!.Value, found.GetInfo().ParentQueueName));
        Assert.Equal((1, 0), (test.Queue("payments").GetJobCounts().Waiting, test.Queue("orders").GetJobCounts().Waiting));
        Assert.Equal(1, test.Queue("orders").GetJobCounts().WaitingChildren);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-06")]
    public void Add_AnyTree_ResultMirrorsItInShapeAndOrder()
    {
        using PumpedStore test = new();
        FlowJob tree = new("root", "a", "d0")
        {
            Children =
            [
                new FlowJob("x", "b", 1) { Children = [new FlowJob("x1", "a", 2), new FlowJob("x2", "c") { Children = [new FlowJob("x21", "a", "d3")] }] },
                new FlowJob("y", "a", null),
                new FlowJob("z", "b", 5.5) { Children = [new FlowJob("z1", "c", true)] },
            ],
        };

        FlowResult result = test.Flows.Add(tree);

        HashSet<JobId> ids = [];
        Stack<(FlowJob Node, FlowResult Result)> open = new([(tree, result)]);
        while (open.TryPop(out (FlowJob Node, FlowResult Result) pair))
        {
            (FlowJob node, FlowResult made) = pair;
            JobInfo stored = made.Job.GetInfo();
            JobState state = node.Children.Count == 0 ? JobState.Waiting : JobState.WaitingChildren;
            Assert.True(ids.Add(made.Job.Id));
            Assert.Equal((node.Name, node.QueueName, node.Data, state), (made.Name, made.QueueName, made.Data, made.State));
            Assert.Equal((node.Name, node.QueueName, node.Data, state), (stored.Name, stored.QueueName, stored.Data, stored.State));
            Assert.Equal(node.Children.Count, made.Children.Count);
            for (int i = 0; i < node.Children.Count; i++)
            {
                open.Push((node.Children[i], made.Children[i]));
            }
        }

        Assert.Equal(8, ids.Count);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-08")]
    public void Add_CustomIds_AreHonouredAndLinked()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Options = new JobOptions { CustomId = "report" },
            Children = [new FlowJob("a", "q") { Options = new JobOptions { CustomId = "a" } }, new FlowJob("b", "other") { Options = new JobOptions { CustomId = "report" } }, new FlowJob("c", "q")],
        });

        Assert.True(test.Queue("q").TryGetJob("report", out JobHandle root));
        Assert.True(test.Queue("q").TryGetJob("a", out JobHandle a));
        Assert.True(test.Queue("other").TryGetJob("report", out JobHandle b));
        Assert.Equal([flow.Job, flow.Children[0].Job, flow.Children[1].Job], new[] { root, a, b });
        Assert.Equal(["report", "a", "report", null], new[] { root, a, b, flow.Children[2].Job }.Select(static job => job.GetInfo().CustomId));
        Assert.Equal([a.Id, b.Id, flow.Children[2].Job.Id], root.GetInfo().ChildrenIds);
        Assert.All([a, b], child => Assert.Equal(root.Id, child.GetInfo().ParentId));
    }

    [Fact]
    [Trait("Behaviour", "FLOW-19")]
    public void Add_SameDescriptorTwice_IsTwoJobs()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowJob step = new("step", "q", "data");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [step, step] });

        Assert.Equal(2, flow.Job.GetInfo().PendingChildren);
        Assert.NotEqual(flow.Children[0].Job.Id, flow.Children[1].Job.Id);
        Assert.Equal(flow.Children.Select(static child => child.Job.Id), flow.Job.GetInfo().ChildrenIds);
        Assert.All(flow.Children, static child => Assert.Equal(("step", "q", "data", JobState.Waiting), (child.Name, child.QueueName, child.Data, child.State)));
        Assert.All(flow.Children, static child => Assert.Equal(("step", "data"), (child.Job.GetInfo().Name, child.Job.GetInfo().Data)));
        test.Pump();
        Assert.Equal(["step", "step", "root"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-26")]
    public void Add_DefaultsOfTheTargetQueue_ApplyUnlessTheNodeSaysOtherwise()
    {
        using PumpedStore test = new(defaults: new JobOptions { Attempts = 9, Priority = 90, RemoveOnFail = Retention.RemoveAtOnce });
        test.Store.GetQueue("q", new JobQueueOptions { DefaultJobOptions = new JobOptions { Attempts = 5, FailParentOnChildFailure = ChildFailurePolicy.Ignore, CustomId = "not inherited" } });
        JobOptions own = new() { Attempts = 2, FailParentOnChildFailure = ChildFailurePolicy.Remove };

        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [new FlowJob("inherits", "q"), new FlowJob("elsewhere", "other"), new FlowJob("own", "q") { Options = own }],
        });

        JobInfo[] jobs = [flow.Job.GetInfo(), .. flow.Children.Select(static child => child.Job.GetInfo())];
        Assert.Equal([5, 5, 9, 2], jobs.Select(static job => job.Attempts));
        Assert.Equal(
            [ChildFailurePolicy.Ignore, ChildFailurePolicy.Ignore, ChildFailurePolicy.Fail, ChildFailurePolicy.Remove],
            jobs.Select(static job => job.FailParentOnChildFailure));
        Assert.All(jobs, static job => Assert.Equal((90, null), (job.Priority, job.CustomId)));
    }

    [Fact]
    [Trait("Behaviour", "FLOW-27")]
    public void AddBulk_SeveralFlows_ResultsInInputOrderAndEachRootWaitsForItsOwnChildren()
    {
        using PumpedStore test = new();
        test.Work("q");
        IReadOnlyList<FlowResult> flows = test.Flows.AddBulk(
        [
            new FlowJob("r0", "q") { Children = [new FlowJob("r0a", "q"), new FlowJob("r0b", "q")] },
            new FlowJob("r1", "q"),
            new FlowJob("r2", "q") { Children = [new FlowJob("r2a", "blocked")] },
            new FlowJob("r3", "q") { Children = [new FlowJob("r3a", "q") { Children = [new FlowJob("r3aa", "q")] }] },
        ]);

        Assert.Equal(["r0", "r1", "r2", "r3"], flows.Select(static flow => flow.Name));
        Assert.Equal(["r0", "r1", "r2", "r3"], flows.Select(static flow => flow.Job.GetInfo().Name));
        Assert.Equal([2, 0, 1, 1], flows.Select(static flow => flow.Children.Count));
        Assert.Equal("r3aa", flows[3].Children[0].Children[0].Name);
        test.Pump();
        Assert.Equal([JobState.Completed, JobState.Completed, JobState.WaitingChildren, JobState.Completed], flows.Select(static flow => flow.Job.State));
        Assert.Equal(["r0a", "r0b", "r0", "r1", "r3aa", "r3a", "r3"], test.Ran);
        Assert.Empty(test.Flows.AddBulk([]));
    }

    [Fact]
    [Trait("Behaviour", "FLOW-30")]
    public void Add_Flow_AnnouncesWaitingChildrenForInnerNodesAndWaitingForLeaves()
    {
        using PumpedStore test = new();
        using HeardEvents heard = new(test.Store.Events);
        test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("middle", "q") { Children = [new FlowJob("a", "other")] }, new FlowJob("b", "q")] });

        Assert.Equal(
            ["a: Added", "a: None to Waiting", "b: Added", "b: None to Waiting", "middle: Added", "middle: None to WaitingChildren", "root: Added", "root: None to WaitingChildren"],
            heard.Order());
    }

    [Fact]
    [Trait("Behaviour", "FLOW-37")]
    public void Add_PayloadsAndResults_AreHeldByReference()
    {
        using PumpedStore test = new();
        object payload = new();
        List<object> value = [payload];
        object? seenPayload = null;
        object? seenValue = null;
        test.Work("q", job => job.Name == "child" ? Give(job) : Take(job));

        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("child", "q", payload)] });
        Assert.Same(payload, flow.Children[0].Data);
        Assert.Same(payload, flow.Children[0].Job.GetInfo().Data);
        test.Pump();

        Assert.Same(payload, seenPayload);
        Assert.Same(value, seenValue);
        Assert.Same(value, flow.Children[0].Job.GetInfo().Value);
        Assert.True(flow.Job.TryGetResult(out List<object>? result));
        Assert.Same(value, result);

        string documentation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conveyor.Fast.xml"));
        Assert.Contains("Payloads and values are references handed over, never copied or serialized.", documentation);

        object? Give(Job job)
        {
            seenPayload = job.GetData<object>();
            return value;
        }

        object? Take(Job job) => seenValue = job.Children[0].GetValue<object>();
    }

    [Fact]
    [Trait("Behaviour", "FLOW-38")]
    public void ChildrenIds_WhateverBecomesOfTheChildren_AreTheDeclaredOnesInOrder()
    {
        using PumpedStore test = new();
        JobId[]? inHandler = null;
        Worker worker = test.Work("q", job => job.Name switch
        {
            "fails" => throw new InvalidOperationException("boom"),
            "root" => inHandler = [.. job.Children.Select(static child => child.Job.Id)],
            _ => null,
        });
        string[] names = ["completes", "fails", "removed", "canceled", "evicted"];
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children = [.. names.Select(static name => new FlowJob(name, "q") { Options = name == "evicted" ? new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce } : null })],
        });
        JobId[] declared = [.. flow.Children.Select(static child => child.Job.Id)];
        JobChildren taken = flow.Job.Children;
        Check();
        flow.Children[2].Job.Remove();
        flow.Children[3].Job.Cancel();
        Check();
        while (test.Store.Pump(1).JobsRun > 0 && flow.Job.State != JobState.Completed)
        {
            Check();
        }

        Assert.Equal(declared, inHandler);
        Check();

        void Check()
        {
            Assert.Equal(declared, flow.Job.GetInfo().ChildrenIds);
            Assert.Equal(declared, taken.Select(static child => child.Job.Id));
            Assert.Equal(declared, flow.Job.Children.Select(static child => child.Job.Id));
        }
    }
}
