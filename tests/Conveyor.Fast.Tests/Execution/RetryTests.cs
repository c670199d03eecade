using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

public class RetryTests
{
    [Fact]
    [Trait("Behaviour", "RET-01")]
    public void Attempts_ByDefault_IsOne()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("first"));
        JobHandle job = test.Queue("q").Add("job");

        test.Pump();

        Assert.Equal(["job"], test.Ran);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal((1, 1), (job.GetInfo().Attempts, job.GetInfo().AttemptsMade));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    [InlineData(int.MaxValue, 5)]
    [Trait("Behaviour", "RET-02")]
    [Trait("Behaviour", "RET-03")]
    public void Attempts_OfN_RunsUntilTheFirstSuccessAndNeverMore(int succeedsAt, int attempts)
    {
        using PumpedStore test = new();
        test.Work("q", job => job.AttemptsMade + 1 >= succeedsAt ? "done" : throw new InvalidOperationException($"run {job.AttemptsMade + 1}"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = attempts });

        test.Pump();
        test.Pump();

        int runs = Math.Min(succeedsAt, attempts);
        Assert.Equal(runs, test.Ran.Count);
        Assert.Equal(runs, job.GetInfo().AttemptsMade);
        Assert.Equal(succeedsAt <= attempts ? JobState.Completed : JobState.Failed, job.State);
        Assert.Equal(succeedsAt <= attempts ? null : $"run {attempts}", job.GetInfo().Reason);
    }

    [Fact]
    [Trait("Behaviour", "RET-04")]
    public void Failure_WithoutBackoff_GoesStraightBackToWaiting()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("again"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2 });

        PumpResult result = test.Store.Pump(1);

        Assert.Equal(JobState.Waiting, job.State);
        Assert.Equal((1, null), (result.JobsReady, result.NextDue));
    }

    [Fact]
    public void AttemptsMade_WithinAndAfterRuns_CountsThoseThatReturnedOrThrew()
    {
        using PumpedStore test = new();
        List<int> within = [];
        test.Work("q", job =>
        {
            within.Add(job.AttemptsMade);
            return job.Name == "good" || job.AttemptsMade == 2 ? null : throw new InvalidOperationException("again");
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 5 });
        for (int run = 1; run <= 3; run++)
        {
            test.Store.Pump(1);
            Assert.Equal(run, job.GetInfo().AttemptsMade);
        }

        Assert.Equal([0, 1, 2], within);
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    [Trait("Behaviour", "RET-15")]
    [Trait("Behaviour", "EVT-07")]
    public void Failed_WithAttemptsLeft_IsRetryingAndFailedOnlyAtTheEnd()
    {
        using PumpedStore test = new();
        test.Work("q", static job => throw new InvalidOperationException($"run {job.AttemptsMade + 1}"));
        List<(JobEventType, int, string?)> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence => heard.Add((occurrence.Type, occurrence.AttemptsMade, occurrence.Reason)), JobEventType.Retrying, JobEventType.Failed);
        test.Queue("q").Add("job", new JobOptions { Attempts = 3 });

        test.Pump();

        Assert.Equal([(JobEventType.Retrying, 1, "run 1"), (JobEventType.Retrying, 2, "run 2"), (JobEventType.Failed, 3, "run 3")], heard);
    }

    [Fact]
    [Trait("Behaviour", "RET-16")]
    [Trait("Behaviour", "RET-17")]
    public void Reason_WhileWaitingForARetry_IsTheLastFailureAndGoneAfterSuccess()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.AttemptsMade == 2 ? "value" : throw new InvalidOperationException($"run {job.AttemptsMade + 1}"));
        JobHandle delayed = test.Queue("q").Add("delayed", new JobOptions { Attempts = 3, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) });
        test.Pump();
        Assert.Equal((JobState.Delayed, "run 1"), (delayed.State, delayed.GetInfo().Reason));
        Assert.IsType<InvalidOperationException>(delayed.GetInfo().Error);
        Assert.Null(delayed.GetInfo().EndedAt);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Store.Pump(0);
        Assert.Equal((JobState.Waiting, "run 1"), (delayed.State, delayed.GetInfo().Reason));

        test.Pump();
        Assert.Equal("run 2", delayed.GetInfo().Reason);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Pump();

        JobInfo info = delayed.GetInfo();
        Assert.Equal((JobState.Completed, "value"), (info.State, info.Value));
        Assert.Null(info.Reason);
        Assert.Null(info.Error);
        Assert.Equal(test.Time.GetUtcNow(), info.EndedAt);
    }

    [Fact]
    [Trait("Behaviour", "RET-19")]
    public void Unrecoverable_WithAttemptsLeft_FailsAtOnce()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new UnrecoverableJobException("hopeless"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 9, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) });

        test.Pump();

        Assert.Equal(["job"], test.Ran);
        Assert.Equal((JobState.Failed, "hopeless"), (job.State, job.GetInfo().Reason));
    }

    [Fact]
    [Trait("Behaviour", "RET-20")]
    public void RetriesExhausted_OnlyAfterTheLastAttempt_OnceWithTheCount()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name switch
        {
            "hopeless" => throw new UnrecoverableJobException("hopeless"),
            "recovers" when job.AttemptsMade == 1 => null,
            _ => throw new InvalidOperationException("again"),
        });
        List<(string, int)> heard = [];
        using IDisposable subscription = test.Queue("q").Events.Subscribe(
            occurrence => heard.Add((occurrence.JobName, occurrence.AttemptsMade)), JobEventType.RetriesExhausted);
        JobOptions thrice = new() { Attempts = 3 };
        test.Queue("q").Add("hopeless", thrice);
        test.Queue("q").Add("recovers", thrice);
        test.Queue("q").Add("gives-up", new JobOptions { Attempts = 3, Backoff = Backoff.Custom(static _ => default) });
        test.Queue("q").Add("exhausts", thrice);

        test.Pump();

        Assert.Equal([("exhausts", 3)], heard);
    }

    [Fact]
    [Trait("Behaviour", "RET-32")]
    public void Failure_WithBackoff_FreesTheSlotForOthersAtOnce()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" && job.AttemptsMade == 0 ? throw new InvalidOperationException("later") : null);
        JobHandle bad = test.Queue("q").Add("bad", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        test.Queue("q").Add("second");
        test.Queue("q").Add("third");

        PumpResult result = test.Pump();

        Assert.Equal(["bad", "second", "third"], test.Ran);
        Assert.Equal(0, result.JobsSuspended);
        Assert.Equal(JobState.Delayed, bad.State);
        test.Time.Advance(TimeSpan.FromHours(1));
        test.Pump();
        Assert.Equal(JobState.Completed, bad.State);
    }

    [Fact]
    [Trait("Behaviour", "RET-34")]
    public void Failure_ThrownReturnedOrOddlyShaped_IsTreatedAlike()
    {
        using PumpedStore test = new();
        Dictionary<string, Func<ValueTask<object?>>> ways = new()
        {
            ["thrown"] = static () => throw new InvalidOperationException("bad"),
            ["returned"] = static () => ValueTask.FromException<object?>(new InvalidOperationException("bad")),
            ["awaited"] = static async () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("bad");
            },
            ["canceled"] = static () => ValueTask.FromCanceled<object?>(new CancellationToken(canceled: true)),
            ["null"] = static () => throw null!,
            ["silent"] = static () => throw new OddException(null),
            ["throwing"] = static () => throw new OddException(static () => throw new InvalidOperationException("no message")),
        };
        using Worker worker = new(test.Store, "q", (job, _) => ways[job.Name](), new WorkerOptions { Mode = WorkerMode.Pumped });
        List<string> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => heard.Add($"{occurrence.JobName} {occurrence.Type}"), JobEventType.Retrying, JobEventType.Failed);
        JobHandle[] jobs = [.. ways.Keys.Select(name => test.Queue("q").Add(name, new JobOptions { Attempts = 2 }))];

        while (test.Pump() is { JobsSuspended: > 0 })
        {
        }

        foreach (JobHandle job in jobs)
        {
            JobInfo info = job.GetInfo();
            Assert.Equal((info.Name, JobState.Failed, 2), (info.Name, info.State, info.AttemptsMade));
            Assert.NotNull(info.Error);
            Assert.Equal([$"{info.Name} Retrying", $"{info.Name} Failed"], heard.Where(line => line.StartsWith($"{info.Name} ")));
        }

        Assert.Equal(["bad", "bad", "bad"], jobs[..3].Select(static job => job.GetInfo().Reason));
    }

    [Fact]
    [Trait("Behaviour", "RET-35")]
    public void Failure_AfterAPauseInsideTheHandler_WaitsUntilResumed()
    {
        using PumpedStore test = new();
        Worker worker = null!;
        worker = test.Work("q", job =>
        {
            if (job.AttemptsMade == 0)
            {
                worker.Pause();
                throw new InvalidOperationException("again");
            }

            return null;
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2 });

        test.Pump();
        test.Pump();
        Assert.Equal(["job"], test.Ran);
        Assert.Equal(JobState.Waiting, job.State);

        worker.Resume();
        test.Pump();
        Assert.Equal(JobState.Completed, job.State);
    }

    private sealed class OddException(Func<string>? message) : Exception
    {
        public override string Message => message?.Invoke()!;
    }
}
