using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class DelayAllocationTests
{
    [Fact]
    public void AddDelayed_AndCancel_AllocatesNothing() => AddAndCancel(null, AllocationGate.AssertFree);

    [Fact]
    public void AddDelayed_WithAnObjectMadeForEachJob_IsSeen() => AddAndCancel(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void AddDelayed_AndFallDueAndRun_AllocatesNothing()
    {
        using PumpedStore test = new();
        using Worker worker = new(test.Store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        AllocationGate.AssertFree(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                queue.AddDelayed("job", i, TimeSpan.FromMilliseconds(1 + i * 7919 % 5000));
            }

            test.Time.Advance(TimeSpan.FromSeconds(6));
            if (test.Pump().JobsRun != AllocationGate.JobsPerRound)
            {
                Assert.Fail("not all delayed jobs have run");
            }
        });
    }

    private static void AddAndCancel(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                JobHandle job = queue.AddDelayed("job", i, TimeSpan.FromSeconds(1 + i % 1000));
                probe?.Invoke();
                if (!job.Cancel() || job.State != JobState.Canceled)
                {
                    Assert.Fail($"a delayed job was not canceled but is {job.State}");
                }
            }
        });
    }
}
