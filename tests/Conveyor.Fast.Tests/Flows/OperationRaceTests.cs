using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Threads that cancel, remove, retry and reorder whatever they meet, while workers run the same flows and a subscriber looks on.</summary>
public class OperationRaceTests
{
    private const int Rounds = 1500;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Operations_OnFlowsUnderWay_LeaveNoParentWaitingForNobody(bool listens)
    {
        using JobStore store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepLast(50), Failed = Retention.KeepLast(50) } });
        using IDisposable? subscription = listens ? store.Events.Subscribe(static heard => heard.Job.TryGetInfo(out _), JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed) : null;
        Func<Job, object?> handler = static job => job.Name == "bad" ? throw new InvalidOperationException("boom") : null;
        using Worker first = new(store, "q", handler, new WorkerOptions { Concurrency = 2 });
        using Worker second = new(store, "q", handler, new WorkerOptions { Mode = WorkerMode.Dedicated });
        FlowProducer flows = new(store);
        JobHandle[] seen = new JobHandle[64];
        Lock gate = new();
        void Operate(int seed)
        {
            Random random = new(seed);
            for (int round = 0; round < Rounds; round++)
            {
                JobHandle[] added = Collect(flows.Add(Node(random, 0)));
                JobHandle job;
                lock (gate)
                {
                    foreach (JobHandle one in added)
                    {
                        seen[random.Next(seen.Length)] = one;
                    }

                    job = seen[random.Next(seen.Length)];
                }

                Act(random, job);
            }
        }

        Task[] operators = [.. Enumerable.Range(1, 2).Select(seed => Task.Factory.StartNew(() => Operate(seed), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(operators).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await Task.WhenAll(first.CloseAsync(), second.CloseAsync()).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        JobCounts counts = store.GetQueue("q").GetJobCounts();
        Assert.Equal((0, 0, 0, 0), (counts.WaitingChildren, counts.Delayed, counts.Waiting, counts.Active));
        IntegrityChecker.Check(store);
    }

    private static void Act(Random random, JobHandle job)
    {
        try
        {
            switch (random.Next(5))
            {
                case 4:
                    job.ChangePriority(random.Next(-2, 12), toFront: random.Next(2) == 0);
                    break;
                case 0:
                    job.Cancel(includeChildren: random.Next(2) == 0);
                    break;
                case 1:
                    job.Remove(keepChildren: random.Next(2) == 0);
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

    private static FlowJob Node(Random random, int depth)
    {
        int children = depth == 3 ? 0 : random.Next(depth == 0 ? 1 : 0, 4);
        return new FlowJob(random.Next(4) == 0 ? "bad" : "good", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = (ChildFailurePolicy)random.Next(3) },
            Children = [.. Enumerable.Range(0, children).Select(_ => Node(random, depth + 1))],
        };
    }

    private static JobHandle[] Collect(FlowResult root)
    {
        List<JobHandle> jobs = [];
        Stack<FlowResult> open = new([root]);
        while (open.TryPop(out FlowResult? next))
        {
            jobs.Add(next.Job);
            foreach (FlowResult child in next.Children)
            {
                open.Push(child);
            }
        }

        return [.. jobs];
    }
}
