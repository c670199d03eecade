using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

public class WakeTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(WorkerMode.Dedicated)]
    [InlineData(WorkerMode.ThreadPool)]
    public async Task Resume_OfAnIdleWorker_LeavesNoPlaceThatSwallowsAnothersWake(WorkerMode mode)
    {
        using ManualResetEventSlim go = new();
        using CountdownEvent started = new(2);
        await using JobStore store = new();
        WorkerOptions options = new() { Mode = mode, WaitStrategy = WaitStrategy.Park };
        Worker sleeper = new(store, "q", Handle, options);
        ParkingLot lot = store.Engine.Queues.Use("q").Ready.Ready.Parked;
        WaitFor(() => lot.Count == 1, "the first worker to sleep");
        Worker resumed = new(store, "q", Handle, options);
        WaitFor(() => lot.Count == 2, "the second worker to sleep");
        resumed.Pause();
        resumed.Resume();
        WaitFor(() => lot.Count == 2, "both to sleep again");

        JobHandle first = store.GetQueue("q").Add("first");
        WaitFor(() => started.CurrentCount == 1, "the first job to start");
        JobHandle second = store.GetQueue("q").Add("second");
        bool both = started.Wait(TimeSpan.FromSeconds(5));
        go.Set();
        await first.WaitUntilFinishedAsync(s_limit, TestContext.Current.CancellationToken);
        await second.WaitUntilFinishedAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.True(both, "the second job waited for the worker that runs the first while the other slept");
        await sleeper.CloseAsync(s_limit);
        await resumed.CloseAsync(s_limit);

        object? Handle(Job job)
        {
            started.Signal();
            go.Wait(s_limit);
            return null;
        }
    }

    private static void WaitFor(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, s_limit), $"waited in vain for {what}");
}
