using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>By the system's clock: what waits for a time never comes before it, and comes.</summary>
public class RealClockTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(30);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DelayAndBackoff_BySystemTime_ArePassedInWhole()
    {
        await using JobStore store = new();
        await using Worker worker = new(store, "q", static job => job.AttemptsMade == 0 ? throw new InvalidOperationException("again") : null);
        long begun = Stopwatch.GetTimestamp();
        JobHandle job = store.GetQueue("q").AddDelayed("job", 1, s_time, new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(s_time) });
        await job.WaitUntilFinishedAsync(TestToken).Within();
        Assert.True(Stopwatch.GetElapsedTime(begun) >= 2 * s_time);
    }

    [Fact]
    public async Task Schedule_BySystemTime_RunsAtEachSlotUpToItsLimit()
    {
        await using JobStore store = new();
        using SemaphoreSlim ran = new(0);
        await using Worker worker = new(store, "q", _ =>
        {
            ran.Release();
            return null;
        });
        long begun = Stopwatch.GetTimestamp();
        store.GetQueue("q").AddSchedule("s", new RepeatOptions { Every = s_time, Limit = 3 }, "job", 1);
        for (int run = 0; run < 3; run++)
        {
            await ran.WaitAsync(TestToken).Within();
        }

        Assert.True(Stopwatch.GetElapsedTime(begun) >= 2 * s_time);
        Assert.True(SpinWait.SpinUntil(() => store.GetQueue("q").GetSchedules().Count == 0, TimeSpan.FromSeconds(30)), "the schedule goes on");
    }

    /// <summary>A store that is only pumped has no timer that could wake the pump.</summary>
    [Fact]
    public async Task PumpUntil_WhileItWaitsForADueTime_HearsOfAnEarlierOne()
    {
        using JobStore store = new();
        using Worker worker = new(store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle job = store.GetQueue("q").AddDelayed("job", 1, TimeSpan.FromMinutes(2));
        Task<bool> pumping = Task.Run(() => store.PumpUntil(job, TimeSpan.FromMinutes(5)), TestToken);
        Assert.True(SpinWait.SpinUntil(() => worker.Core.Queue.Ready.Parked.Any, TimeSpan.FromSeconds(30)));

        job.ChangeDelay(s_time);

        Assert.True(await pumping.Within());
    }
}
