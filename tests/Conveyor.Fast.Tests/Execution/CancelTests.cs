using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Canceling one job. Whole flows are in <see cref="Flows.CancellationTests"/>, races with starts and ends in <see cref="CancelRaceTests"/>.</summary>
public class CancelTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Delayed)]
    [InlineData(JobState.WaitingChildren)]
    [Trait("Behaviour", "CAN-01")]
    [Trait("Behaviour", "CAN-02")]
    [Trait("Behaviour", "CAN-03")]
    public async Task Cancel_OfAJobThatDoesNotRun_EndsItThereAndItNeverRuns(JobState state)
    {
        using PumpedStore test = new();
        int runs = 0;
        Worker worker = test.Work("q", _ => ++runs > 0 ? throw new InvalidOperationException("later") : null);
        JobHandle job = state == JobState.WaitingChildren
            ? test.Flows.Add(new FlowJob("job", "q") { Children = [new FlowJob("child", "unserved")] }).Job
            : test.Queue("q").Add("job", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        if (state == JobState.Delayed)
        {
            test.Pump();
        }

        Assert.Equal(state, job.State);
        runs = 0;
        using HeardEvents heard = new(test.Queue("q").Events, JobEventType.Canceled, JobEventType.Waiting, JobEventType.Active, JobEventType.Failed);
        Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
        test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(job.Cancel());
        DateTimeOffset now = test.Time.GetUtcNow();
        test.PumpAfter(TimeSpan.FromDays(1));

        JobInfo info = job.GetInfo();
        Assert.Equal((JobState.Canceled, "canceled", now, now), (info.State, info.Reason, info.CanceledAt, info.EndedAt));
        Assert.Equal([$"job: {state} to Canceled"], heard);
        await Assert.ThrowsAsync<JobCanceledException>(() => wait.Within());
        Assert.Equal(0, runs);
    }

    [Fact]
    [Trait("Behaviour", "CAN-04")]
    [Trait("Behaviour", "CAN-05")]
    [Trait("Behaviour", "CAN-07")]
    public void Cancel_OfAnActiveJob_FiresItsTokenBeforeItReturnsAndOnce()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        HeldRun run = held.Next();
        int fired = 0;
        using CancellationTokenRegistration registration = run.Token.Register(() => fired++);

        Assert.True(job.Cancel("first"));
        Assert.Equal((true, 1, JobState.Active), (run.Token.IsCancellationRequested, fired, job.State));
        Assert.False(job.Cancel("second"));
        run.Return();
        test.Pump();
        Assert.False(job.Cancel("third"));
        Assert.Equal((1, JobState.Canceled, "first"), (fired, job.State, job.GetInfo().Reason));
    }

    [Fact]
    [Trait("Behaviour", "CAN-06")]
    [Trait("Behaviour", "CAN-11")]
    public void Cancel_OfAnEndedOrUnknownJob_DoesNothing()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : "value");
        JobHandle good = test.Queue("q").Add("good");
        JobHandle bad = test.Queue("q").Add("bad");
        JobHandle removed = test.Queue("q").Add("removed");
        test.Pump();
        removed.Remove();
        using StoreTraces traces = new(test.Store);

        Assert.All((JobHandle[])[good, bad, removed, default], static job => Assert.False(job.Cancel("too late")));

        traces.AssertNone();
        Assert.Equal((JobState.Completed, "value", null), (good.State, good.GetInfo().Value, good.GetInfo().CanceledAt));
        Assert.Equal((JobState.Failed, "bad", null), (bad.State, bad.GetInfo().Reason, bad.GetInfo().CanceledAt));
    }

    [Theory]
    [InlineData("returns")]
    [InlineData("throws")]
    [InlineData("gives-up")]
    [InlineData("moves")]
    [InlineData("delays")]
    [InlineData("fails-by-hand")]
    [Trait("Behaviour", "CAN-08")]
    [Trait("Behaviour", "CAN-09")]
    [Trait("Behaviour", "CAN-10")]
    public async Task CanceledRun_WhateverWayItEnds_IsCanceledForAllAndNotRetried(string way)
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            Assert.True(job.Handle.Cancel("not wanted"));
            Assert.True(job.CancellationToken.IsCancellationRequested);
            switch (way)
            {
                case "throws":
                    throw new InvalidOperationException("bad");
                case "gives-up":
                    job.CancellationToken.ThrowIfCancellationRequested();
                    break;
                case "moves":
                    job.MoveToWaiting();
                    break;
                case "delays":
                    job.MoveToDelayed(TimeSpan.FromSeconds(1));
                    break;
                case "fails-by-hand":
                    Assert.True(job.MoveToFailed("by hand"));
                    break;
                default:
                    break; // Ignores it.
            }

            return "dropped";
        });
        using HeardEvents heard = new(
            test.Store.Events, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Retrying, JobEventType.Delayed);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3 });
        Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
        test.Pump();
        test.PumpAfter(TimeSpan.FromDays(1));

        Assert.Equal(["job"], test.Ran);
        Assert.Equal((JobState.Canceled, "not wanted"), (job.State, job.GetInfo().Reason));
        Assert.Equal(["job: Active to Canceled"], heard);
        Assert.Equal("not wanted", (await Assert.ThrowsAsync<JobCanceledException>(() => wait.Within())).Reason);
    }

    [Fact]
    [Trait("Behaviour", "CAN-13")]
    public void Canceled_OfARunningJob_IsHeardOnWorkerQueueAndStore()
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q", static job => job.Handle.Cancel());
        Worker other = test.Work("other");
        List<(string Where, JobId Job)> heard = [];
        void Note(string where, JobEvents events) => events.Subscribe(occurrence => heard.Add((where, occurrence.Job.Id)), JobEventType.Canceled);
        Note("worker", worker.Events);
        Note("other worker", other.Events);
        Note("queue", test.Queue("q").Events);
        Note("store", test.Store.Events);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();

        Assert.Equal([("queue", job.Id), ("store", job.Id), ("worker", job.Id)], heard.Order());
    }

    [Fact]
    [Trait("Behaviour", "CAN-17")]
    public void CanceledJob_RetriedByHand_RunsNormally()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        Assert.True(job.Cancel("not now"));
        held.Next().Return();
        test.Pump();
        job.Retry();
        test.Pump();
        HeldRun second = held.Next();

        Assert.Equal((false, null), (second.Token.IsCancellationRequested, second.Job.CancelReason));
        second.Return("value");
        test.Pump();
        Assert.Equal((JobState.Completed, "value", null), (job.State, job.GetInfo().Value, job.GetInfo().CanceledAt));
    }

    [Fact]
    [Trait("Behaviour", "CAN-18")]
    [Trait("Behaviour", "CAN-20")]
    public void Cancel_OfOneOfSeveralRunningJobs_TellsItsHandlerWhyAndNoOther()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, concurrency: 3);
        JobHandle[] jobs = [.. Enumerable.Range(0, 3).Select(i => test.Queue("q").Add("job", i))];
        test.Pump();
        HeldRun[] runs = [held.Next(), held.Next(), held.Next()];
        Assert.True(jobs[1].Cancel("not wanted"));

        Assert.Equal([false, true, false], runs.Select(static run => run.Token.IsCancellationRequested));
        Assert.Equal([null, "not wanted", null], runs.Select(static run => run.Job.CancelReason));
        Assert.All(runs, static run => run.Return());
        test.Pump();
        Assert.Equal([JobState.Completed, JobState.Canceled, JobState.Completed], jobs.Select(static job => job.State));
    }

    [Fact]
    [Trait("Behaviour", "CAN-19")]
    public void CancelJobs_OfAWorker_CancelsAllItRunsAndNothingElse()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held, concurrency: 2);
        test.Work("other", held);
        JobHandle other = test.Queue("other").Add("other");
        JobHandle[] jobs = [.. Enumerable.Range(0, 3).Select(i => test.Queue("q").Add("job", i))];
        test.Pump();
        HeldRun[] runs = [held.Next(), held.Next(), held.Next()];

        Assert.Equal(2, worker.CancelJobs("shutting down"));
        Assert.Equal(0, worker.CancelJobs("again"));
        Assert.All(runs, static run => Assert.Equal(run.Job.QueueName == "q", run.Token.IsCancellationRequested));
        worker.Pause();
        Assert.All(runs, static run => run.Return());
        test.Pump();
        Assert.Equal([JobState.Canceled, JobState.Canceled, JobState.Waiting], jobs.Select(static job => job.State));
        Assert.Equal(("shutting down", JobState.Completed), (jobs[0].GetInfo().Reason, other.State));
    }

    [Fact]
    [Trait("Behaviour", "CAN-23")]
    public void ErrorOfItsOwn_ThrownByACanceledRun_IsKeptBesideTheReason()
    {
        using PumpedStore test = new();
        InvalidOperationException bad = new("bad");
        test.Work("q", job =>
        {
            job.Handle.Cancel("not wanted");
            throw bad;
        });
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();

        Assert.Equal((JobState.Canceled, "not wanted"), (job.State, job.GetInfo().Reason));
        Assert.Same(bad, job.GetInfo().Error);
    }
}
