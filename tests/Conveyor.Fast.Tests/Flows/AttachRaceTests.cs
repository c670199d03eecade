using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Flows that attach to jobs which end, are canceled, removed or retried at the same moment, on real threads.</summary>
public class AttachRaceTests
{
    private const int Rounds = 4000;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>A job completes while two threads attach to whatever job holds the key: each parent runs once and has a value.</summary>
    [Fact]
    public async Task Attach_WhileTheJobCompletes_EachParentRunsOnceWithItsValue()
    {
        using JobStore store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll } });
        JobOptions keyed = new() { Deduplication = Deduplication.ByKey("k"), RemoveOnComplete = Retention.RemoveAtOnce };
        FlowProducer flows = new(store);
        int runs = 0;
        using Worker parents = new(store, "parents", job =>
        {
            Interlocked.Increment(ref runs);
            return job.GetChildrenValues<int>().Sum();
        });
        using Worker children = new(store, "children", static _ => 1, new WorkerOptions { Mode = WorkerMode.Dedicated });
        FlowJob leaf = new("leaf", "children") { Options = keyed };
        JobHandle[][] roots = await TogetherAsync(_ =>
            [.. Enumerable.Range(0, Rounds).Select(i => flows.Start(new FlowJob("root", "parents") { Children = i % 3 == 0 ? [leaf, leaf] : [leaf] }))]);
        await SettleAsync(store, parents, children);

        Assert.All(roots, static mine => Assert.All(mine, static (root, i) => Assert.Equal(i % 3 == 0 ? 2 : 1, root.GetInfo().Value)));
        Assert.Equal(2 * Rounds, runs);
        Assert.Equal(0, store.Engine.Table.Keyed.Count);
        IntegrityChecker.Check(store);
    }

    /// <summary>The jobs fail: each parent ends once, by its policy.</summary>
    [Fact]
    public async Task Attach_WhileTheJobFails_EachParentEndsByItsPolicy()
    {
        using JobStore store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.KeepAll } });
        FlowProducer flows = new(store);
        using Worker parents = new(store, "parents", static job => job.GetChildrenFailures().Count);
        using Worker children = new(store, "children", (Func<Job, object?>)(static _ => throw new InvalidOperationException("boom")), new WorkerOptions { Mode = WorkerMode.Dedicated });
        FlowJob leaf = new("leaf", "children") { Options = new JobOptions { Deduplication = Deduplication.ByKey("k"), RemoveOnFail = Retention.KeepLast(2) } };
        JobHandle[][] roots = await TogetherAsync(_ => [.. Enumerable.Range(0, Rounds).Select(i => flows.Start(new FlowJob("root", "parents")
        {
            Options = new JobOptions { FailParentOnChildFailure = (ChildFailurePolicy)(i % 3) },
            Children = [leaf],
        }))]);
        await SettleAsync(store, parents, children);

        Assert.All(roots, static mine => Assert.All(mine, static (root, i) => Assert.Equal((i % 3) switch { 0 => JobState.Failed, 1 => JobState.Completed, _ => JobState.None }, root.State)));
        Assert.All(roots, static mine => Assert.All(mine.Where(static root => root.State == JobState.Completed), static root => Assert.Equal(1, root.GetInfo().Value)));
        IntegrityChecker.Check(store);
    }

    /// <summary>Several keys, several parents, and threads that cancel, remove and retry roots and shared jobs while a subscriber looks on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attach_WhileJobsAndParentsAreCanceledRemovedAndRetried_LeavesNoParentWaitingForNobody(bool listens)
    {
        using JobStore store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepLast(20), Failed = Retention.KeepLast(20) } });
        using IDisposable? subscription = listens ? store.Events.Subscribe(static heard => heard.Job.TryGetInfo(out _), JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed, JobEventType.Deduplicated) : null;
        Func<Job, object?> handler = static job => job.Name == "bad" ? throw new InvalidOperationException("boom") : job.GetChildrenValues<int>().Sum() + 1;
        using Worker first = new(store, "q", handler, new WorkerOptions { Concurrency = 2 });
        using Worker second = new(store, "q", handler, new WorkerOptions { Mode = WorkerMode.Dedicated });
        FlowProducer flows = new(store);
        await TogetherAsync(seed =>
        {
            Random random = new(seed);
            List<JobHandle> seen = [];
            for (int round = 0; round < Rounds / 2; round++)
            {
                FlowResult root = flows.Add(Node(random, 0));
                seen.Add(root.Job);
                seen.AddRange(root.Children.Select(static child => child.Job));
                Act(random, seen[random.Next(Math.Max(0, seen.Count - 40), seen.Count)]);
            }

            return [];
        });
        await SettleAsync(store, first, second);

        JobCounts counts = store.GetQueue("q").GetJobCounts();
        Assert.Equal((0, 0, 0, 0), (counts.WaitingChildren, counts.Delayed, counts.Waiting, counts.Active));
        IntegrityChecker.Check(store);
    }

    private static FlowJob Node(Random random, int depth)
    {
        int children = depth == 2 ? 0 : random.Next(depth == 0 ? 1 : 0, 4);
        return new FlowJob(random.Next(5) == 0 ? "bad" : "good", "q")
        {
            Options = new JobOptions
            {
                FailParentOnChildFailure = (ChildFailurePolicy)random.Next(3),
                Deduplication = children == 0 && random.Next(2) == 0 ? Deduplication.ByKey($"{random.Next(3)}") : null,
                RemoveOnComplete = random.Next(3) == 0 ? Retention.RemoveAtOnce : null,
            },
            Children = [.. Enumerable.Range(0, children).Select(_ => Node(random, depth + 1))],
        };
    }

    private static void Act(Random random, JobHandle job)
    {
        try
        {
            switch (random.Next(4))
            {
                case 0:
                    job.Cancel(includeChildren: random.Next(3) != 0);
                    break;
                case 1:
                    job.Remove(keepChildren: random.Next(3) == 0);
                    break;
                default:
                    job.Retry(includeCompleted: true);
                    break;
            }
        }
        catch (ConveyorException refusal) when (refusal is InvalidJobStateException or JobNotFoundException)
        {
            // The job was elsewhere by then.
        }
    }

    private static async Task SettleAsync(JobStore store, params Worker[] workers)
    {
        await store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await Task.WhenAll(workers.Select(static worker => worker.CloseAsync())).WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    private static async Task<JobHandle[][]> TogetherAsync(Func<int, JobHandle[]> work)
    {
        Task<JobHandle[]>[] tasks = [.. Enumerable.Range(1, 2).Select(seed => Task.Factory.StartNew(() => work(seed), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return await Task.WhenAll(tasks).WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }
}
