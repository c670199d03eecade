using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>Pumps whose time is longer than a timestamp can tell or a thread can sleep, and one whose sleep is broken off.</summary>
public class PumpLimitTests
{
    private static readonly WorkerOptions s_pumped = new() { Mode = WorkerMode.Pumped };

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pump_WithTheLongestBudget_RunsAllThatIsReady(bool hasIdleWorkerFirst)
    {
        using PumpedStore test = new();
        if (hasIdleWorkerFirst)
        {
            test.Work("idle");
        }

        test.Work("q");
        for (int i = 0; i < 5; i++)
        {
            test.Queue("q").Add("job", i);
        }

        PumpResult result = test.Store.Pump(TimeSpan.MaxValue);

        Assert.Equal((5, 0), (result.JobsRun, result.JobsReady));
    }

    [Fact]
    public void Pump_OfAQueueWithSeveralWorkers_CountsItsReadyJobsOnce()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Work("q");
        test.Queue("q").Add("job");
        test.Queue("q").Add("job");
        Assert.Equal((2, 1), (test.Store.Pump(0).JobsReady, test.Store.Pump(1).JobsReady));
    }

    [Fact]
    public async Task PumpUntil_WithTheLongestTime_RunsTheJobOfTheSecondWorker()
    {
        using JobStore store = new();
        using Worker idle = new(store, "idle", static _ => null, s_pumped);
        using Worker worker = new(store, "q", static _ => null, s_pumped);
        JobHandle job = store.GetQueue("q").Add("job");

        Assert.True(await Task.Run(() => store.PumpUntil(job, TimeSpan.MaxValue), TestToken).Within());
    }

    /// <summary>A thread sleeps at most 24.8 days at a time.</summary>
    [Theory]
    [InlineData(30 * TimeSpan.TicksPerDay)]
    [InlineData(long.MaxValue)]
    public async Task PumpUntil_LongerThanAThreadSleeps_IsWokenByTheEndOfASuspendedHandler(long ticks)
    {
        using JobStore store = new();
        TaskCompletionSource end = new();
        using Worker suspended = new(store, "suspended", async (_, _) => await end.Task, s_pumped);
        using Worker idle = new(store, "idle", static _ => null, s_pumped);
        JobHandle job = store.GetQueue("suspended").Add("job");
        Task<bool> pumping = Task.Run(() => store.PumpUntil(job, new TimeSpan(ticks)), TestToken);
        Assert.True(SpinWait.SpinUntil(() => store.Engine.Queues.Use("idle").Ready.Ready.Parked.Any || pumping.IsCompleted, TimeSpan.FromSeconds(30)));

        end.SetResult();

        Assert.True(await pumping.Within());
    }

    [Fact]
    public async Task PumpUntil_WhoseSleepIsInterrupted_LeavesNoSleeperBehind()
    {
        using JobStore store = new();
        TaskCompletionSource end = new();
        using Worker suspended = new(store, "suspended", async (_, _) => await end.Task, s_pumped);
        using Worker idle = new(store, "idle", static _ => null, s_pumped);
        JobHandle job = store.GetQueue("suspended").Add("job");
        Thread? sleeper = null;
        Task pumping = Task.Run(
            () =>
            {
                sleeper = Thread.CurrentThread;
                Assert.Throws<ThreadInterruptedException>(() => store.PumpUntil(job, TimeSpan.FromMinutes(10)));
            },
            TestToken);
        bool Sleeps() => store.Engine.Queues.Use("idle").Ready.Ready.Parked.Any;
        Assert.True(SpinWait.SpinUntil(Sleeps, TimeSpan.FromSeconds(30)));

        sleeper!.Interrupt();

        await pumping.Within();
        Assert.False(Sleeps());
        end.SetResult();
        Assert.True(store.PumpUntil(job, TimeSpan.FromMinutes(10)));
    }
}
