using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>Closing workers whose jobs do not end of themselves.</summary>
public class ClosingLimitTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "CLS-04")]
    public async Task Close_AtItsLimit_TellsRunningJobsThroughTheirTokenAndASecondLaterTheyHaveStalled()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        HeldRun run = held.Next();
        Task closing = worker.CloseAsync(10 * s_second);

        test.Time.Advance(10 * s_second - s_tick);
        Assert.False(run.Token.IsCancellationRequested);
        test.Time.Advance(s_tick);
        await run.Token.FiredAsync().Within();
        Assert.Equal((JobState.Active, false), (job.State, closing.IsCompleted));
        while (!closing.IsCompleted)
        {
            test.Time.Advance(s_second); // The last moment begins on another thread.
            await Task.Yield();
            TestToken.ThrowIfCancellationRequested();
        }

        Assert.Equal((JobState.Waiting, 1), (job.State, job.GetInfo().StalledCount));
        run.Return("dropped");
        test.Pump();
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CLS-09")]
    public async Task Close_WhileJobsKeepDelayingThemselves_Ends(WorkerMode mode)
    {
        await using LiveStore test = new();
        SemaphoreSlim runs = new(0);
        Worker worker = test.Work("q", (job, _) =>
        {
            runs.Release();
            job.MoveToDelayed(TimeSpan.Zero);
            return default;
        }, concurrency: 2, mode: mode);
        JobHandle[] jobs = [.. Enumerable.Range(0, 5).Select(i => test.Queue("q").Add("job", i))];
        for (int run = 0; run < 50; run++)
        {
            await runs.WaitAsync(TestToken).Within();
        }

        await worker.CloseAsync(TestToken).Within();
        int ran = runs.CurrentCount;
        Assert.All(jobs, static job => Assert.Equal((JobState.Waiting, 0), (job.State, job.GetInfo().AttemptsMade)));
        Assert.Equal(ran, runs.CurrentCount);
    }

    [Fact]
    public async Task Close_Again_EndsByTheShorterLimit()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        HeldRun run = held.Next();
        Task patient = worker.CloseAsync(Timeout.InfiniteTimeSpan);
        test.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((JobState.Active, false), (job.State, patient.IsCompleted));

        Task forced = worker.CloseAsync(TimeSpan.Zero);
        Assert.True(run.Token.IsCancellationRequested);
        test.Time.Advance(s_second);
        await forced.Within();
        await patient.Within();
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Fact]
    public async Task Close_FromInside_LeavesTheHandlerUnderItsTimeLimit()
    {
        await using LiveStore test = new();
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker? worker = null;
        worker = test.Work("q", async (_, _) =>
        {
            await worker!.CloseAsync(CancellationToken.None);
            closed.SetResult();
            await end.Task;
            return null;
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Timeout = 10 * s_second });
        await closed.Task.Within();
        Assert.Equal(JobState.Active, job.State);

        test.Time.Advance(10 * s_second);
        JobState atItsLimit = job.State;
        end.SetResult();
        Assert.Equal(JobState.Failed, atItsLimit);
    }

    [Fact]
    public async Task Close_WithAJobOverItsLimit_StallsIt()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_second });
        test.Pump();
        HeldRun run = held.Next();
        test.PumpAfter(s_second);
        await test.StallAsync(worker);

        Assert.Equal((JobState.Waiting, 1, 0), (job.State, job.GetInfo().StalledCount, job.GetInfo().AttemptsMade));
        run.Return();
        test.PumpAfter(TimeSpan.FromDays(1));
        Assert.Equal((JobState.Waiting, 0), (job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    public async Task Dispose_OfTheStoreWithAHandlerThatNeverReturns_LeavesNoTimerAfterItsLastMoment()
    {
        CountingTime time = new();
        JobStore store = new(new JobStoreOptions { TimeProvider = time });
        HeldHandler held = new();
        Worker worker = new(store, "q", held.RunAsync);
        store.GetQueue("q").Add("job", new JobOptions { Timeout = TimeSpan.FromHours(1) });
        HeldRun run = await held.NextAsync();
        store.Dispose();
        Assert.True(run.Token.IsCancellationRequested);
        time.Advance(s_second);
        await worker.CloseAsync(TestToken).Within();

        Assert.True(SpinWait.SpinUntil(() => time.LiveTimers == 0, TimeSpan.FromSeconds(30)), $"{time.LiveTimers} timers are left");
        run.Return();
    }
}
