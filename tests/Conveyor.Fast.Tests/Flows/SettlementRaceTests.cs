using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>The last two children end at once on two threads; the parent has one outcome.</summary>
public class SettlementRaceTests
{
    private const int Rounds = 2000;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Behaviour", "POL-30")]
    public async Task LastTwoChildren_OneFailsAndOneCompletes_ExactlyOneOutcomeByPolicy()
    {
        foreach (ChildFailurePolicy policy in Enum.GetValues<ChildFailurePolicy>())
        {
            using JobStore store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.KeepAll } });
            FlowProducer flows = new(store);
            int runs = 0;
            int arrived = 0;
            using Worker parents = new(store, "parents", job => Interlocked.Increment(ref runs));
            Func<Job, object?> child = job =>
            {
                int mine = Interlocked.Increment(ref arrived);
                SpinWait spin = default;
                while (Volatile.Read(ref arrived) < mine + (mine & 1))
                {
                    spin.SpinOnce(sleep1Threshold: -1); // The other one is on its way: each has a loop of its own.
                }

                return job.Name == "bad" ? throw new InvalidOperationException("boom") : null;
            };
            using Worker left = new(store, "left", child, new WorkerOptions { Mode = WorkerMode.Dedicated });
            using Worker right = new(store, "right", child, new WorkerOptions { Mode = WorkerMode.Dedicated });
            JobHandle[] roots = new JobHandle[Rounds];
            for (int i = 0; i < Rounds; i++)
            {
                roots[i] = flows.Start(new FlowJob("root", "parents")
                {
                    Options = new JobOptions { FailParentOnChildFailure = policy },
                    Children = [new FlowJob(i % 2 == 0 ? "bad" : "good", "left"), new FlowJob(i % 2 == 0 ? "good" : "bad", "right")],
                });
            }

            await store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
            JobState expected = policy switch
            {
                ChildFailurePolicy.Fail => JobState.Failed,
                ChildFailurePolicy.Ignore => JobState.Completed,
                _ => JobState.None,
            };
            Assert.All(roots, root => Assert.Equal(expected, root.State));
            Assert.Equal(policy == ChildFailurePolicy.Ignore ? Rounds : 0, runs);
            await Task.WhenAll(parents.CloseAsync(), left.CloseAsync(), right.CloseAsync()).WaitAsync(s_limit, TestContext.Current.CancellationToken);
            IntegrityChecker.Check(store);
        }
    }
}
