using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

/// <summary>A time limit is a number in the loop: a job that ends in time costs no object for it.</summary>
public class TimeoutAllocationTests
{
    [Fact]
    public void Run_WithATimeLimitThatEndsInTime_AllocatesNothing() => AddAndRun(null, AllocationGate.AssertFree);

    [Fact]
    public void Run_WithATimeLimitByAnAllocatingHandler_IsSeen() => AddAndRun(AllocationGate.Allocate, AllocationGate.AssertSeen);

    private static void AddAndRun(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        _ = new Worker(
            test.Store,
            "q",
            job =>
            {
                probe?.Invoke();
                return null;
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        JobOptions limited = new() { Timeout = TimeSpan.FromMinutes(1) };
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                queue.Add("job", limited);
            }

            test.Time.Advance(TimeSpan.FromSeconds(1)); // Every limit is another moment.
            if (test.Pump().JobsRun != AllocationGate.JobsPerRound)
            {
                Assert.Fail("not all jobs ran");
            }
        });
    }
}
