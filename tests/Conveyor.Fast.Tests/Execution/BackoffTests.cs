using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

public class BackoffTests
{
    [Fact]
    [Trait("Behaviour", "RET-05")]
    public void Fixed_EachRetry_IsDelayedForTheSameTime()
    {
        Assert.All(DelaysOf(Backoff.Fixed(TimeSpan.FromSeconds(5)), 6), static delay => Assert.Equal(TimeSpan.FromSeconds(5), delay));
    }

    [Fact]
    [Trait("Behaviour", "RET-06")]
    public void Exponential_EachRetry_DoublesWithAQuarterOfJitterUnlessSet()
    {
        TimeSpan first = TimeSpan.FromSeconds(1);
        Assert.Equal([1, 2, 4, 8, 16, 32], DelaysOf(Backoff.Exponential(first, jitter: 0), 7).Select(static delay => delay.TotalSeconds));

        double[] quarter = Shares(Backoff.Exponential(first));
        Assert.All(quarter, static share => Assert.InRange(share, 0.75, 1.25));
        Assert.Contains(quarter, static share => share is < 0.85);
        Assert.Contains(quarter, static share => share is > 1.15);

        double[] tenth = Shares(Backoff.Exponential(first, jitter: 0.1));
        Assert.All(tenth, static share => Assert.InRange(share, 0.9, 1.1));
        Assert.True(tenth.Distinct().Count() > 1);

        static double[] Shares(Backoff backoff) =>
            [.. Enumerable.Range(0, 10).SelectMany(_ => DelaysOf(backoff, 10).Select(static (delay, retry) => delay.TotalSeconds / Math.Pow(2, retry)))];
    }

    [Fact]
    [Trait("Behaviour", "RET-07")]
    public void Exponential_AfterManyAttempts_IsCappedAtADayBeforeJitterAndNeverNegative()
    {
        TimeSpan day = TimeSpan.FromHours(24);
        TimeSpan[] plain = DelaysOf(Backoff.Exponential(TimeSpan.FromHours(5), jitter: 0), 1_200);
        Assert.Equal([5, 10, 20, 24, 24], plain[..5].Select(static delay => delay.TotalHours));
        Assert.All(plain[3..], delay => Assert.Equal(day, delay));
        Assert.Equal(day, DelaysOf(Backoff.Exponential(TimeSpan.FromDays(36_500), jitter: 0), 2)[0]);

        TimeSpan[] jittered = DelaysOf(Backoff.Exponential(TimeSpan.FromHours(5), jitter: 1), 1_200);
        Assert.All(jittered, delay => Assert.InRange(delay, TimeSpan.Zero, day * 2));
        Assert.Contains(jittered, delay => delay > day * 1.5);
        Assert.Contains(jittered, delay => delay < day / 2);
    }

    [Fact]
    [Trait("Behaviour", "RET-09")]
    public void Custom_WithoutAFunction_IsRefusedWhenItIsMade()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using StoreTraces traces = new(test.Store);

        Assert.Throws<ArgumentNullException>("strategy", () => queue.Add("job", new JobOptions { Attempts = 2, Backoff = Backoff.Custom(null!) }));
        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "RET-32")]
    public void CustomBackoff_ThatAnswersAtOnce_FreesTheSlotInTheSameStep()
    {
        using PumpedStore test = new();
        test.Work("q", static job => throw new InvalidOperationException("boom"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Backoff = Backoff.Custom(static _ => new ValueTask<TimeSpan?>(TimeSpan.FromMinutes(5))) });

        PumpResult result = test.Store.Pump(1);

        Assert.Equal(new PumpResult(1, 0, 0, TimeSpan.FromMinutes(5)), result);
        Assert.Equal(JobState.Delayed, job.State);
    }

    [Fact]
    [Trait("Behaviour", "RET-10")]
    public void Custom_Strategy_DecidesTheDelays()
    {
        TimeSpan[] delays = DelaysOf(Backoff.Custom(static context => new ValueTask<TimeSpan?>(TimeSpan.FromSeconds(10 * context.AttemptsMade))), 4);

        Assert.Equal([10, 20, 30], delays.Select(static delay => delay.TotalSeconds));
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws-later")]
    [InlineData("negative", "-00:00:07")]
    [InlineData("too long", "36500.00:00:00.0000001")]
    [InlineData("endless", "10675199.02:48:05.4775807")]
    [Trait("Behaviour", "RET-11")]
    public void Custom_ThrowsOrReturnsNoDelay_JobFailsWithBothErrors(string way, string named = "backoff's error")
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("handler's error"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 5, Backoff = Backoff.Custom(Decide) });
        async ValueTask<TimeSpan?> DecideLater(RetryContext context)
        {
            await Task.Yield();
            throw new ArithmeticException("backoff's error");
        }

        ValueTask<TimeSpan?> Decide(RetryContext context) => way switch
        {
            "throws" => throw new ArithmeticException("backoff's error"),
            "throws-later" => DecideLater(context),
            "negative" => new ValueTask<TimeSpan?>(TimeSpan.FromSeconds(-7)),
            "too long" => new ValueTask<TimeSpan?>(TimeSpan.FromDays(36_500) + TimeSpan.FromTicks(1)),
            _ => new ValueTask<TimeSpan?>(TimeSpan.MaxValue),
        };

        while (test.Pump() is { JobsSuspended: > 0 })
        {
        }

        JobInfo info = job.GetInfo();
        Assert.Equal((JobState.Failed, 1), (info.State, info.AttemptsMade));
        Assert.Contains("handler's error", info.Reason);
        Assert.Contains(named, info.Reason);
        Assert.Equal(2, Assert.IsType<AggregateException>(info.Error).InnerExceptions.Count);
        Assert.Equal(["job"], test.Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "RET-21")]
    public void Custom_ReturnsNullOrInfinite_NoRetry(bool infinite)
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("only once"));
        TimeSpan? answer = infinite ? Timeout.InfiniteTimeSpan : null;
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 5, Backoff = Backoff.Custom(_ => new ValueTask<TimeSpan?>(answer)) });

        PumpResult result = test.Pump();

        Assert.Null(result.NextDue);
        Assert.Equal(["job"], test.Ran);
        Assert.Equal((JobState.Failed, "only once"), (job.State, job.GetInfo().Reason));
    }

    [Fact]
    [Trait("Behaviour", "RET-22")]
    public void Custom_Strategy_SeesErrorAndJobAndMayAwait()
    {
        using PumpedStore test = new();
        TaskCompletionSource<TimeSpan?> decision = new();
        List<(Type, string, string, int, int)> seen = [];
        test.Work("q", static job => job.AttemptsMade == 0 ? throw new TimeoutException("slow") : null);
        JobHandle job = test.Queue("q").Add("job", "payload", new JobOptions
        {
            Attempts = 3,
            Backoff = Backoff.Custom(async context =>
            {
                TimeSpan? delay = await decision.Task;
                seen.Add((context.Error.GetType(), context.Error.Message, context.Job.GetData<string>(), context.AttemptsMade, context.Attempts));
                return delay;
            }),
        });

        Assert.Equal(1, test.Pump().JobsSuspended);
        Assert.Equal(JobState.Active, job.State);
        decision.SetResult(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), test.Pump().NextDue);
        Assert.Equal([(typeof(TimeoutException), "slow", "payload", 1, 3)], seen);

        test.Time.Advance(TimeSpan.FromSeconds(3));
        test.Pump();
        Assert.Equal(JobState.Completed, job.State);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [Trait("Behaviour", "RET-23")]
    public void Jitter_Outside0To1_IsRefused(double jitter)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using (StoreTraces traces = new(test.Store))
        {
            ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(
                () => queue.Add("job", new JobOptions { Attempts = 2, Backoff = Backoff.Exponential(TimeSpan.FromSeconds(1), jitter) }));
            Assert.Equal(("jitter", jitter), (refused.ParamName, refused.ActualValue));
            traces.AssertNone();
        }

        Assert.Equal([1, 2], DelaysOf(Backoff.Exponential(TimeSpan.FromSeconds(1), 0), 3).Select(static delay => delay.TotalSeconds));
        Assert.All(DelaysOf(Backoff.Exponential(TimeSpan.FromSeconds(1), 1), 3), static delay => Assert.InRange(delay.TotalSeconds, 0, 4));
    }

    /// <summary>The delay after each failed run but the last.</summary>
    private static TimeSpan[] DelaysOf(Backoff backoff, int attempts)
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("again"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = attempts, Backoff = backoff });
        List<TimeSpan> delays = [];
        while (test.Pump().NextDue is { } delay)
        {
            Assert.Equal(JobState.Delayed, job.State);
            delays.Add(delay);
            test.Time.Advance(delay - TimeSpan.FromTicks(Math.Min(1, delay.Ticks)));
            int ran = test.Ran.Count;
            test.Pump();
            Assert.Equal(ran, test.Ran.Count);
            test.Time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(attempts, test.Ran.Count);
        return [.. delays];
    }
}
