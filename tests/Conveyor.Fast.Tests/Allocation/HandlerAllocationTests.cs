using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class HandlerAllocationTests
{
    private static readonly WorkerOptions s_pumped = new() { Mode = WorkerMode.Pumped };

    [Fact]
    public void Handler_WithAToken_AllocatesNothing() => AddAndRun(
        store => new Worker(store, "q", static (job, token) => token.CanBeCanceled ? ValueTask.CompletedTask : throw new InvalidOperationException("no token"), s_pumped),
        AllocationGate.AssertFree);

    [Fact]
    public void Handler_WithATokenThatMakesASourceOfItsOwn_IsSeen() => AddAndRun(
        store => new Worker(
            store,
            "q",
            static (job, token) =>
            {
                using CancellationTokenSource own = new();
                return own.IsCancellationRequested ? throw new InvalidOperationException("canceled") : ValueTask.CompletedTask;
            },
            s_pumped),
        AllocationGate.AssertSeen);

    [Fact]
    public void Handler_SynchronousThatAsksForItsToken_AllocatesNothing() => AddAndRun(
        store => new Worker(store, "q", static job => job.CancellationToken.CanBeCanceled ? null : throw new InvalidOperationException("no token"), s_pumped),
        AllocationGate.AssertFree);

    [Fact]
    public void Handler_AsyncWithoutValueThatCompletesSynchronously_AllocatesNothing() => AddAndRun(
        store => new Worker(store, "q", static async (job, token) => await Task.CompletedTask, s_pumped),
        AllocationGate.AssertFree);

    [Fact]
    public void Handler_AsyncWithAValueThatCompletesSynchronously_AllocatesNothing() => AddAndRun(
        store => new Worker(
            store,
            "q",
            static async (job, token) =>
            {
                await Task.CompletedTask;
                return (object?)"done";
            },
            s_pumped),
        AllocationGate.AssertFree);

    [Fact]
    public void Handler_AsyncThatAllocates_IsSeen() => AddAndRun(
        store => new Worker(
            store,
            "q",
            static async (job, token) =>
            {
                AllocationGate.Allocate();
                await Task.CompletedTask;
            },
            s_pumped),
        AllocationGate.AssertSeen);

    [Fact]
    public void Handler_AsyncThatGoesElsewhere_IsSeen() => AddAndRun(
        store => new Worker(store, "q", static async (job, token) => await Task.Yield(), s_pumped),
        AllocationGate.AssertSeen);

    private static void AddAndRun(Func<JobStore, Worker> makeWorker, Action<Action> gate)
    {
        using PumpedStore test = new();
        makeWorker(test.Store);
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            JobHandle last = default;
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                last = queue.Add("job");
            }

            test.Pump();
            if (last.State != JobState.Completed)
            {
                Assert.Fail($"the last job is {last.State}");
            }
        });
    }
}
