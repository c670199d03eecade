using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Runs that take longer than their limit. What becomes of handlers that do not return is in <see cref="LateHandlerTests"/>.</summary>
public class TimeoutTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "TMO-01")]
    [Trait("Behaviour", "TMO-04")]
    public async Task Run_LongerThanItsLimit_FailsThenAndFiresItsToken()
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        test.Work("q", held.RunAsync);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Timeout = s_limit });
        Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
        HeldRun run = await held.NextAsync();

        test.Time.Advance(s_limit - s_tick);
        Assert.Equal((JobState.Active, false), (job.State, run.Token.IsCancellationRequested));
        test.Time.Advance(s_tick);
        Assert.Equal((JobState.Failed, true), (job.State, run.Token.IsCancellationRequested));

        JobInfo info = job.GetInfo();
        Assert.Contains("00:00:10", info.Reason);
        Assert.Equal((s_limit, s_limit), (Assert.IsType<JobTimeoutException>(info.Error).Limit, info.Timeout));
        Assert.Equal((1, info.StartedAt + s_limit), (info.AttemptsMade, info.EndedAt));
        JobFailedException failed = await Assert.ThrowsAsync<JobFailedException>(() => wait.Within());
        Assert.Same(info.Error, failed.InnerException);
        run.Return();
    }

    [Fact]
    public void PumpedRun_OverItsLimitWhenItReturns_HasFailedWhateverItReturns()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            test.Time.Advance(job.GetData<TimeSpan>());
            return job.Name == "throws" ? throw new InvalidOperationException("too late") : "too late";
        });
        JobOptions limited = new() { Timeout = s_limit };
        JobHandle inTime = test.Queue("q").Add("in-time", s_limit - s_tick, limited);
        JobHandle late = test.Queue("q").Add("late", s_limit, limited);
        JobHandle throws = test.Queue("q").Add("throws", s_limit, limited);

        test.Pump();

        Assert.Equal((JobState.Completed, "too late"), (inTime.State, inTime.GetInfo().Value));
        Assert.All((JobHandle[])[late, throws], static job => Assert.IsType<JobTimeoutException>(job.GetInfo().Error));
        Assert.False(late.TryGetResult(out string? _));
    }

    [Fact]
    public void PumpedRun_AfterALongOneWithoutALimit_HasItsWholeTime()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            test.Time.Advance(job.GetData<TimeSpan>());
            return null;
        });
        JobOptions limited = new() { Timeout = s_limit };
        JobHandle[] jobs =
        [
            test.Queue("q").Add("quick", TimeSpan.Zero, limited),
            test.Queue("q").Add("long", TimeSpan.FromHours(1)),
            test.Queue("q").Add("in-time", s_limit - s_tick, limited),
        ];

        test.Pump();

        Assert.All(jobs, static job => Assert.Equal(JobState.Completed, job.State));
    }

    [Fact]
    [Trait("Behaviour", "TMO-02")]
    public void Limit_OfEachRun_CountsFromItsOwnStart()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_limit });
        test.PumpAfter(TimeSpan.FromDays(1)); // Waiting is not running.
        test.Work("q", held);
        test.Pump();
        HeldRun first = held.Next();

        test.PumpAfter(s_limit - s_tick);
        Assert.False(first.Token.IsCancellationRequested);
        first.Throw(new InvalidOperationException("in time"));
        test.Pump();
        HeldRun second = held.Next();
        test.PumpAfter(s_limit - s_tick);
        Assert.Equal((JobState.Active, false), (job.State, second.Token.IsCancellationRequested));
        test.PumpAfter(s_tick);

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal([JobAttemptOutcome.Failed, JobAttemptOutcome.TimedOut], job.GetInfo().History.Select(static attempt => attempt.Outcome));
    }

    [Fact]
    [Trait("Behaviour", "TMO-03")]
    public void TimedOutRun_WithAttemptsLeft_TakesItsBackoffOnceTheHandlerHasReturned()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        using HeardEvents heard = new(test.Store.Events, JobEventType.Delayed, JobEventType.Retrying, JobEventType.RetriesExhausted, JobEventType.Failed);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3, Timeout = s_limit, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(5)) });
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            test.Pump();
            HeldRun run = held.Next();
            test.PumpAfter(s_limit);
            Assert.Equal((JobState.Active, true, attempt - 1), (job.State, run.Token.IsCancellationRequested, job.GetInfo().AttemptsMade));
            run.Return("dropped");
            test.Pump();
            Assert.Equal((JobState.Delayed, attempt), (job.State, job.GetInfo().AttemptsMade));
            Assert.IsType<JobTimeoutException>(job.GetInfo().Error);
            test.PumpAfter(TimeSpan.FromSeconds(5) - s_tick);
            held.AssertNoneStarted();
            test.Time.Advance(s_tick);
        }

        test.Pump();
        HeldRun last = held.Next();
        test.PumpAfter(s_limit);
        Assert.Equal((JobState.Failed, 3), (job.State, job.GetInfo().AttemptsMade));
        Assert.Equal(
            ["job: Retrying", "job: Active to Delayed", "job: Retrying", "job: Active to Delayed", "job: RetriesExhausted", "job: Active to Failed"],
            heard);
        last.Return();
        test.Pump();
    }

    [Fact]
    public void TimedOutRun_WithACustomBackoff_AsksItAboutTheTimeLimit()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        List<Exception> asked = [];
        Backoff backoff = Backoff.Custom(context =>
        {
            asked.Add(context.Error);
            return new ValueTask<TimeSpan?>(context.AttemptsMade == 1 ? TimeSpan.Zero : null);
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 9, Timeout = s_limit, Backoff = backoff });
        for (int i = 0; i < 2; i++)
        {
            test.Pump();
            HeldRun run = held.Next();
            test.PumpAfter(s_limit);
            run.Throw(new OperationCanceledException());
            test.Pump();
        }

        Assert.All(asked, error => Assert.Equal(s_limit, Assert.IsType<JobTimeoutException>(error).Limit));
        Assert.Equal((2, JobState.Failed, 2), (asked.Count, job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    [Trait("Behaviour", "TMO-07")]
    public async Task Run_ThatEndedInTime_LeavesNoTimerOfItsOwnAndNoReference()
    {
        CountingTime time = new();
        using JobStore store = new(new JobStoreOptions { TimeProvider = time });
        WeakReference payload = await RunInTimeAsync(store);
        for (int i = 0; i < 50 && payload.IsAlive; i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(payload.IsAlive);
        Assert.Equal(1, time.LiveTimers); // The store's one alarm.
        using HeardEvents heard = new(store.Events);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(heard);
        await store.DisposeAsync().Within();
        Assert.Equal(0, time.LiveTimers);
    }

    [Fact]
    [Trait("Behaviour", "TMO-08")]
    [Trait("Behaviour", "VLD-07")]
    public void Limit_ZeroNegativeOrTooLong_IsRefusedAndInfiniteIsNone()
    {
        using PumpedStore test = new(defaults: new JobOptions { Timeout = s_limit });
        JobQueue queue = test.Queue("q");
        using (StoreTraces traces = new(test.Store))
        {
            foreach (TimeSpan bad in (TimeSpan[])[TimeSpan.Zero, -s_tick, TimeSpan.FromMilliseconds(-2), TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromDays(36_500) + s_tick])
            {
                ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => queue.Add("job", new JobOptions { Timeout = bad }));
                Assert.Equal((nameof(JobOptions.Timeout), bad), (error.ParamName, error.ActualValue));
            }

            traces.AssertNone();
        }

        HeldHandler held = new();
        test.Work("q", held, concurrency: 2);
        JobHandle unlimited = test.Queue("q").Add("unlimited", new JobOptions { Timeout = Timeout.InfiniteTimeSpan });
        JobHandle standard = test.Queue("q").Add("standard");
        test.Pump();
        test.PumpAfter(TimeSpan.FromDays(365));

        Assert.Equal((JobState.Active, null), (unlimited.State, unlimited.GetInfo().Timeout));
        Assert.Equal((JobState.Failed, s_limit), (standard.State, standard.GetInfo().Timeout));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(60)]
    [InlineData(5000)]
    [InlineData(36_499)]
    [Trait("Behaviour", "TMO-09")]
    public async Task Limit_LongerThanATimerTakes_Works(int days)
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        test.Work("q", held.RunAsync, concurrency: 2);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Timeout = TimeSpan.FromDays(days) });
        JobHandle longest = test.Queue("q").Add("longest", new JobOptions { Timeout = TimeSpan.FromDays(36_500) });
        HeldRun[] runs = [await held.NextAsync(), await held.NextAsync()];

        test.Time.Advance(TimeSpan.FromDays(days) - s_tick);
        Assert.Equal(JobState.Active, job.State);
        test.Time.Advance(s_tick);
        Assert.Equal((JobState.Failed, JobState.Active), (job.State, longest.State));
        test.Time.Advance(TimeSpan.FromDays(36_500 - days));
        Assert.Equal(JobState.Failed, longest.State);
        Assert.All(runs, static run => run.Return());
    }

    [Fact]
    public async Task Run_LongerThanItsLimit_FailsByTheRealClock()
    {
        using JobStore store = new();
        using Worker worker = new(store, "q", static async (_, token) => await token.FiredAsync());
        JobHandle job = store.GetQueue("q").Add("job", new JobOptions { Timeout = TimeSpan.FromMilliseconds(50) });

        await Assert.ThrowsAsync<JobFailedException>(() => job.WaitUntilFinishedAsync(TestToken).Within());
        Assert.IsType<JobTimeoutException>(job.GetInfo().Error);
    }

    [Fact]
    public void PumpUntil_ARunOverItsLimit_RingsItByTheRealClock()
    {
        using JobStore store = new();
        using Worker worker = new(store, "q", static async (_, token) => await token.FiredAsync(), new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle job = store.GetQueue("q").Add("job", new JobOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        TimeProvider clock = TimeProvider.System;
        long start = clock.GetTimestamp();

        Assert.True(store.PumpUntil(job, TimeSpan.FromSeconds(25)));
        Assert.IsType<JobTimeoutException>(job.GetInfo().Error);
        Assert.InRange(clock.GetElapsedTime(start), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(20));
    }

    private static async Task<WeakReference> RunInTimeAsync(JobStore store)
    {
        object payload = new();
        _ = new Worker(store, "q", static _ => "in time");
        JobOptions options = new() { Timeout = TimeSpan.FromHours(1), RemoveOnComplete = Retention.RemoveAtOnce };
        await store.GetQueue("q").RunAsync<object, string>("job", payload, options, TestToken).Within(); // A wait that comes after the add may come after the removal.
        return new WeakReference(payload);
    }
}
