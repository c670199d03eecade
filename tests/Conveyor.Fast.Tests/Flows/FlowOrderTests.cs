using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>When the jobs of a flow run, and in what order.</summary>
public class FlowOrderTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Behaviour", "ORD-01")]
    public void Parent_ManyChildrenOverQueues_RunsAfterEveryChildHasCompleted()
    {
        using PumpedStore test = new();
        JobState[]? seen = null;
        test.Work("parents", job =>
        {
            seen = [.. job.Children.Select(static child => child.Job.State)];
            return null;
        });
        test.Work("a");
        test.Work("b", static job => job.AttemptsMade == 0 ? throw new InvalidOperationException("first attempt") : null);
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "parents")
        {
            Children = [.. Enumerable.Range(0, 20).Select(static i => new FlowJob($"{i}", i % 2 == 0 ? "a" : "b") { Options = new JobOptions { Attempts = 2 } })],
        });

        while (seen is null)
        {
            bool allCompleted = flow.Children.All(static child => child.Job.State == JobState.Completed);
            Assert.Equal(allCompleted, flow.Job.State != JobState.WaitingChildren);
            Assert.Equal(1, test.Store.Pump(1).JobsRun);
        }

        Assert.Equal(20, seen.Length);
        Assert.All(seen, static state => Assert.Equal(JobState.Completed, state));
        Assert.Equal("parent", test.Ran[^1]);
    }

    [Fact]
    [Trait("Behaviour", "ORD-03")]
    public void WaitingChildren_WhateverAWorkerDoes_IsNeverHandedToOne()
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Options = new JobOptions { Priority = -5, Lifo = true },
            Children = [new FlowJob("middle", "q") { Children = [new FlowJob("leaf", "idle")] }, new FlowJob("done", "q")],
        });

        test.Queue("q").Add("plain");
        test.Pump();
        worker.Pause();
        worker.Resume();
        test.Time.Advance(TimeSpan.FromDays(400));
        test.Pump();
        using Worker late = test.Work("q");

        Assert.Equal(0, test.Pump().JobsRun);
        Assert.Equal(["done", "plain"], test.Ran);
        Assert.Equal((JobState.WaitingChildren, JobState.WaitingChildren), (flow.Job.State, flow.Children[0].Job.State));
        Assert.Null(flow.Job.GetInfo().StartedAt);
    }

    [Fact]
    [Trait("Behaviour", "ORD-04")]
    public void Chain_OfSeveralQueues_RunsDeepestFirstAndRootLast()
    {
        using PumpedStore test = new();
        test.Work("a");
        test.Work("b");
        FlowJob chain = new("9", "a");
        for (int level = 8; level >= 0; level--)
        {
            chain = new FlowJob($"{level}", level % 3 == 0 ? "a" : "b") { Children = [chain] };
        }

        test.Flows.Add(chain);
        test.Pump();

        Assert.Equal(["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"], test.Ran);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("children")]
    [Trait("Behaviour", "ORD-05")]
    public void LastChild_Completes_ParentsQueueHearsWaitingThenActive(string childQueue)
    {
        using PumpedStore test = new();
        test.Work("children");
        test.Work("q");
        test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("a", childQueue), new FlowJob("b", childQueue)] });
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Queue("q").Events.Subscribe(e =>
        {
            if (e.JobName == "parent")
            {
                heard.Add(e);
            }
        });

        test.Store.Pump(1);
        Assert.Empty(heard);
        test.Pump();

        Assert.Equal(
            [(JobEventType.Waiting, JobState.WaitingChildren), (JobEventType.Active, JobState.Waiting), (JobEventType.Completed, JobState.Active)],
            heard.Select(static e => (e.Type, e.PreviousState)));
        Assert.All(heard, static e => Assert.Equal("q", e.QueueName));
    }

    [Fact]
    [Trait("Behaviour", "ORD-09")]
    public void ReleasedParent_AmongOtherPriorities_TakesItsPlaceByItsOwn()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Flows.Add(new FlowJob("parent-5", "q") { Options = new JobOptions { Priority = 5 }, Children = [new FlowJob("child-0", "q")] });
        test.Flows.Add(new FlowJob("parent-100", "q") { Options = new JobOptions { Priority = 100 }, Children = [new FlowJob("child-1", "q") { Options = new JobOptions { Priority = 1 } }] });
        foreach (int priority in new[] { 200, 99, 7, 4, -3, 101 })
        {
            test.Queue("q").Add(new JobRequest<int>($"plain-{priority}", 0) { Priority = priority });
        }

        test.Pump();

        Assert.Equal(
            ["plain--3", "child-0", "child-1", "plain-4", "parent-5", "plain-7", "plain-99", "parent-100", "plain-101", "plain-200"],
            test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "ORD-10")]
    public void Siblings_InOneQueue_RunInPriorityOrder()
    {
        using PumpedStore test = new();
        test.Work("q");
        int[] priorities = [3, int.MaxValue, 0, -1, 100, int.MinValue, 7, 8, 0, 3];
        test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [.. priorities.Select(static (priority, i) => new FlowJob($"{i}", "q") { Options = new JobOptions { Priority = priority } })],
        });

        test.Pump();

        Assert.Equal(["5", "3", "2", "8", "0", "9", "6", "7", "4", "1", "root"], test.Ran);
    }

    [Theory]
    [InlineData(WorkerMode.Pumped)]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "ORD-12")]
    public async Task Flow_InOneQueueWithOneWorkerOfConcurrencyOne_Completes(WorkerMode mode)
    {
        using PumpedStore test = new();
        await using Worker worker = new(test.Store, "q", static _ => null, new WorkerOptions { Mode = mode, Concurrency = 1 });
        FlowJob flow = new("leaf", "q");
        for (int level = 0; level < 8; level++)
        {
            flow = new FlowJob($"{level}", "q") { Children = [flow, new FlowJob("sibling", "q"), flow] };
        }

        ValueTask<object?> run = test.Flows.RunAsync<object?>(flow);
        if (mode == WorkerMode.Pumped)
        {
            test.Pump();
        }

        await run.AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await worker.CloseAsync().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal(test.Queue("q").GetJobCounts().Completed, test.Queue("q").GetJobCounts().Total);
    }

    [Fact]
    [Trait("Behaviour", "ORD-14")]
    public void Leaves_OfEqualPriority_StartInDeclaredDepthFirstOrder()
    {
        using PumpedStore test = new();
        FlowJob Leaf(string name) => new(name, "leaves");
        FlowJob Node(string name, params FlowJob[] children) => new(name, "parents") { Children = children };
        test.Flows.AddBulk(
        [
            Node("r", Leaf("1"), Node("x", Node("y", Leaf("2"), Leaf("3")), Leaf("4"), Node("z", Leaf("5"))), Leaf("6"), Node("w", Leaf("7"))),
            Node("s", Node("t", Leaf("8")), Leaf("9")),
        ]);
        test.Work("leaves");

        test.Pump();

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "ORD-15")]
    public void MiddleNode_OwnChildrenFinished_DoesNotWaitForCousins()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [new FlowJob("m1", "q") { Children = [new FlowJob("a", "q")] }, new FlowJob("m2", "q") { Children = [new FlowJob("b", "slow")] }],
        });

        test.Pump();

        Assert.Equal(["a", "m1"], test.Ran);
        Assert.Equal((JobState.Completed, JobState.WaitingChildren), (flow.Children[0].Job.State, flow.Children[1].Job.State));
        Assert.Equal(1, flow.Job.GetInfo().PendingChildren);
        test.Work("slow");
        test.Pump();
        Assert.Equal(["a", "m1", "b", "m2", "root"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "ORD-16")]
    public void Parent_NoWorkerOnItsQueue_WaitsUntilOneIsStarted()
    {
        using PumpedStore test = new();
        test.Work("children");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "parents") { Children = [new FlowJob("child", "children")] });

        test.Pump();
        Assert.Equal(JobState.Waiting, flow.Job.State);
        test.Time.Advance(TimeSpan.FromDays(1));
        test.Pump();
        Assert.Equal(JobState.Waiting, flow.Job.State);

        test.Work("parents");
        test.Pump();
        Assert.Equal(JobState.Completed, flow.Job.State);
        Assert.Equal(["child", "parent"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "ORD-21")]
    public void Parent_FirstRun_SeesNoAttemptsMadeBeforeIt()
    {
        using PumpedStore test = new();
        List<int> seen = [];
        test.Work("q", job =>
        {
            if (job.Name == "parent")
            {
                seen.Add(job.AttemptsMade);
            }

            return seen.Count < 2 && job.AttemptsMade == 0 ? throw new InvalidOperationException("first attempt") : null;
        });
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Options = new JobOptions { Attempts = 3 }, Children = [new FlowJob("child", "q") { Options = new JobOptions { Attempts = 3 } }] });
        Assert.Equal(0, flow.Job.GetInfo().AttemptsMade);

        test.Pump();

        Assert.Equal([0, 1], seen);
        Assert.Equal(2, flow.Children[0].Job.GetInfo().AttemptsMade);
    }

    [Theory]
    [InlineData(WorkerMode.Pumped)]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "ORD-17")]
    public async Task Chain_OfThousandLevelsAndAClockThatStandsStill_RunsToItsEnd(WorkerMode mode)
    {
        using PumpedStore test = new();
        DateTimeOffset start = test.Time.GetUtcNow();
        Worker[] workers = [.. new[] { "a", "b", "c" }.Select(queue => new Worker(test.Store, queue, Count, new WorkerOptions { Mode = mode }))];
        FlowJob chain = new("leaf", "a");
        for (int level = 1; level < 1000; level++)
        {
            // Mostly another queue than the child's, so that its idle worker has to be woken; at times the same.
            chain = new FlowJob("step", $"{(char)('a' + (level * 2 / 3 % 3))}") { Children = [chain] };
        }

        for (int round = 0; round < 3; round++)
        {
            ValueTask<int> run = test.Flows.RunAsync<int>(chain);
            if (mode == WorkerMode.Pumped)
            {
                test.Pump();
            }

            Assert.Equal(1000, await run.AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken));
        }

        await Task.WhenAll(workers.Select(static worker => worker.CloseAsync())).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal(start, test.Time.GetUtcNow());

        static object? Count(Job job) => 1 + job.GetChildrenValues<int>().Sum();
    }
}
