using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Handlers that say what is to become of their job.</summary>
public class MoveTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36_500);

    [Fact]
    public void MoveToDelayed_TakesEffectWhenTheHandlerReturns_AndCountsNoAttempt()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        HeldRun run = held.Next();
        using HeardEvents heard = new(test.Store.Events, JobEventType.Waiting, JobEventType.Delayed, JobEventType.Active, JobEventType.Retrying, JobEventType.Completed);
        run.Job.MoveToDelayed(TimeSpan.FromHours(1));
        run.Job.MoveToDelayed(s_second);
        Assert.Equal(JobState.Active, job.State);
        test.Time.Advance(s_second);
        run.Return("dropped");
        test.Pump();

        Assert.Equal((JobState.Delayed, null, null, 0), (job.State, job.GetInfo().Value, job.GetInfo().Reason, job.GetInfo().AttemptsMade));
        test.PumpAfter(s_second - TimeSpan.FromTicks(1));
        held.AssertNoneStarted();
        test.PumpAfter(TimeSpan.FromTicks(1));
        held.Next().Return("value");
        test.Pump();
        Assert.Equal((JobState.Completed, "value"), (job.State, job.GetInfo().Value));
        Assert.Equal(["job: Active to Delayed", "job: Delayed to Waiting", "job: Waiting to Active", "job: Active to Completed"], heard);
    }

    [Fact]
    public void MoveToWaiting_GoesToTheFront_AndADelayOfZeroToTheLine()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            if (job.Name == "front" && !test.Ran[..^1].Contains("front"))
            {
                job.MoveToWaiting();
            }
            else if (job.Name == "line" && !test.Ran[..^1].Contains("line"))
            {
                job.MoveToDelayed(TimeSpan.Zero);
            }

            return null;
        });
        test.Queue("q").Add("line");
        test.Queue("q").Add("front");
        test.Queue("q").Add("other");
        test.Pump();

        Assert.Equal(["line", "front", "front", "other", "line"], test.Ran);
    }

    [Fact]
    public void Move_OfARunThatThrows_DoesNotCount()
    {
        using PumpedStore test = new();
        test.Work("q", static job =>
        {
            job.MoveToDelayed(s_second);
            throw new InvalidOperationException("bad");
        });
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        Assert.Equal((JobState.Failed, 1), (job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    [Trait("Behaviour", "VLD-07")]
    public void Moves_WithBadArguments_AreRefusedAndChangeNothing()
    {
        using PumpedStore test = new();
        test.Work("q", static job =>
        {
            Assert.All([-s_second, Timeout.InfiniteTimeSpan, TimeSpan.MinValue, TimeSpan.MaxValue, s_longest + TimeSpan.FromTicks(1)], delay =>
                Assert.Equal(delay, Assert.Throws<ArgumentOutOfRangeException>(nameof(delay), () => job.MoveToDelayed(delay)).ActualValue));
            Assert.Throws<ArgumentNullException>(() => job.MoveToFailed(null!));
            Assert.Throws<ArgumentNullException>(() => job.Log(null!));
            return "value";
        });
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        Assert.Equal((JobState.Completed, "value"), (job.State, job.GetInfo().Value));
    }

    [Fact]
    public void MoveToDelayed_ForTheLongestDelay_IsDueThen()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            if (test.Ran.Count == 1)
            {
                job.MoveToDelayed(s_longest);
            }

            return null;
        });
        JobHandle job = test.Queue("q").Add("job");
        Assert.Equal(s_longest, test.Pump().NextDue);
        test.PumpAfter(s_longest - TimeSpan.FromTicks(1));
        Assert.Equal(JobState.Delayed, job.State);
        test.PumpAfter(TimeSpan.FromTicks(1));
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    public async Task MoveToFailed_EndsTheJobAtOnceForGood_AndTheHandlerKeepsItsSlot()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        List<(string, JobEventType)> heard = [];
        foreach ((string where, JobEvents events) in ((string, JobEvents)[])[("store", test.Store.Events), ("queue", test.Queue("q").Events), ("worker", worker.Events)])
        {
            events.Subscribe(occurrence => heard.Add((where, occurrence.Type)), JobEventType.Failed, JobEventType.RetriesExhausted, JobEventType.Retrying, JobEventType.Error);
        }

        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 9 });
        Task wait = job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask();
        test.Pump();
        HeldRun run = held.Next();
        run.Job.Log("hopeless");

        Assert.True(run.Job.MoveToFailed("no use"));
        Assert.False(run.Job.MoveToFailed("again"));
        Assert.Equal((JobState.Failed, "no use", 1, true), (job.State, job.GetInfo().Reason, job.GetInfo().AttemptsMade, run.Token.IsCancellationRequested));
        JobAttempt attempt = Assert.Single(job.GetInfo().History);
        Assert.Equal((JobAttemptOutcome.Failed, "no use", "hopeless"), (attempt.Outcome, attempt.Reason, Assert.Single(attempt.Log)));
        Assert.Equal("no use", (await Assert.ThrowsAsync<JobFailedException>(() => wait.Within())).Reason);
        Assert.Equal([("queue", JobEventType.Failed), ("store", JobEventType.Failed), ("worker", JobEventType.Failed)], heard.Order());

        test.Queue("q").Add("next");
        test.Pump();
        held.AssertNoneStarted();
        Assert.Throws<InvalidJobStateException>(() => job.Retry());
        run.Return("dropped");
        test.Pump();
        Assert.Equal("next", held.Next().Job.Name);
        job.Retry();
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Fact]
    public void MoveToFailed_OfARunOverItsLimit_EndsItsWaitForTheReturn()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_second });
        test.Pump();
        HeldRun run = held.Next();
        test.PumpAfter(s_second);
        Assert.True(run.Job.MoveToFailed("no use"));
        Assert.Equal((JobState.Failed, "no use", 1), (job.State, job.GetInfo().Reason, job.GetInfo().AttemptsMade));
        run.Return();
        test.PumpAfter(TimeSpan.FromDays(1));
        Assert.Equal((JobState.Failed, "no use"), (job.State, job.GetInfo().Reason));
    }
}
