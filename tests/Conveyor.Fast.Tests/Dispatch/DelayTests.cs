using System.Collections.Concurrent;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class DelayTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Behaviour", "DLY-01")]
    [Trait("Behaviour", "DLY-02")]
    public void DelayedJob_BeforeAndAtItsTime_WaitsUntilThenAndRuns()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = test.Queue("q").AddDelayed("job", 0, s_second);

        test.Time.Advance(s_second - TimeSpan.FromTicks(1));
        PumpResult before = test.Pump();
        Assert.Equal((JobState.Delayed, 0, TimeSpan.FromTicks(1)), (job.State, before.JobsRun, before.NextDue));
        Assert.Equal(test.Time.GetUtcNow() + TimeSpan.FromTicks(1), job.GetInfo().DueAt);
        Assert.Equal(1, test.Queue("q").GetJobCounts().Delayed);

        test.Time.Advance(TimeSpan.FromTicks(1));
        PumpResult after = test.Pump();
        Assert.Equal((JobState.Completed, 1, null), (job.State, after.JobsRun, after.NextDue));
        Assert.Null(job.GetInfo().DueAt);
    }

    [Fact]
    [Trait("Behaviour", "DLY-12")]
    public void NextDue_OfSeveral_IsTheEarliestAndNullForNone()
    {
        using PumpedStore test = new();
        Assert.Null(test.Store.NextDue);
        JobHandle[] jobs = [.. new[] { 5, 3, 9, 3 }.Select(seconds => test.Queue("q").AddDelayed("job", 0, seconds * s_second))];
        Assert.Equal(3 * s_second, test.Store.NextDue);
        jobs[1].Cancel();
        Assert.Equal(3 * s_second, test.Store.NextDue);
        jobs[3].Remove();
        Assert.Equal(5 * s_second, test.Store.NextDue);
        test.Time.Advance(6 * s_second);
        Assert.Equal(TimeSpan.Zero, test.Store.NextDue);
        test.Pump();
        Assert.Equal(3 * s_second, test.Store.NextDue);
        jobs[2].Cancel();
        Assert.Null(test.Store.NextDue);
    }

    [Fact]
    [Trait("Behaviour", "DLY-13")]
    [Trait("Behaviour", "DLY-14")]
    public void DelayedJobs_ThatFallDueInOneJump_RunByDueTimeThenByCreation()
    {
        using PumpedStore test = new();
        test.Work("q");
        Random random = new(7);
        List<(TimeSpan Due, int Number)> added = [];
        for (int i = 0; i < 2_000; i++)
        {
            TimeSpan delay = TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 45)) / 1000 * 1000 + 1);
            added.Add((delay, i));
            test.Queue("q").AddDelayed($"{i}", 0, delay);
        }

        added.Sort();
        test.Time.Advance(TimeSpan.FromDays(500));
        test.Pump();

        Assert.Equal(added.Select(static job => $"{job.Number}"), test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "DLY-16")]
    public async Task DelayedJobs_SharedByTwoWorkers_RunOnceEachAfterTheirTimes()
    {
        await using LiveStore test = new();
        ConcurrentQueue<(int Job, DateTimeOffset Started)> started = new();
        DateTimeOffset begin = test.Time.GetUtcNow();
        for (int worker = 0; worker < 2; worker++)
        {
            test.Work("q", (job, _) =>
            {
                started.Enqueue((job.GetData<int>(), test.Time.GetUtcNow()));
                return default;
            }, concurrency: 3);
        }

        JobHandle[] jobs = [.. Enumerable.Range(1, 200).Select(i => test.Queue("q").AddDelayed("job", i, i * s_second))];
        for (int step = 0; step < 200; step++)
        {
            test.Time.Advance(s_second);
        }

        foreach (JobHandle job in jobs)
        {
            await job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        }

        Assert.Equal(Enumerable.Range(1, 200), started.Select(static run => run.Job).Order());
        Assert.All(started, run => Assert.True(run.Started >= begin + run.Job * s_second));
    }

    [Fact]
    [Trait("Behaviour", "DLY-19")]
    public void DelayedJob_OnItsWay_IsAnnouncedAsDelayedAndThenAsWaiting()
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events);
        List<DateTimeOffset?> dueTimes = [];
        test.Store.Events.Subscribe((Action<JobEvent>)(said => dueTimes.Add(said.Job.GetInfo().DueAt)), JobEventType.Delayed, JobEventType.Waiting);
        DateTimeOffset due = test.Time.GetUtcNow() + s_second;
        test.Queue("q").AddDelayed("job", 0, s_second);
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["job: Added", "job: None to Delayed", "job: Delayed to Waiting", "job: Waiting to Active", "job: Active to Completed", ": Drained"], heard);
        Assert.Equal([due, null], dueTimes);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(400)]
    [InlineData(36_500)]
    [Trait("Behaviour", "DLY-20")]
    public async Task DelayedJob_BeyondWhatATimerTakes_RunsAtItsTimeAndNotBefore(int days)
    {
        await using LiveStore test = new();
        test.Work("q", static (_, _) => default);
        JobHandle job = test.Queue("q").AddDelayed("job", 0, TimeSpan.FromDays(days));
        test.Time.Advance(TimeSpan.FromDays(days) - TimeSpan.FromTicks(1));
        Assert.Equal(JobState.Delayed, job.State);
        test.Time.Advance(TimeSpan.FromTicks(1));
        await job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
    }

    [Fact]
    [Trait("Behaviour", "DLY-24")]
    public async Task PlainJob_AddedBesideADelayedOneToAnIdleWorker_StartsAtOnce()
    {
        await using LiveStore test = new();
        test.Work("q", static (_, _) => default);
        JobHandle delayed = test.Queue("q").AddDelayed("delayed", 0, s_second);
        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();
        await test.Queue("q").Add("plain").WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        Assert.Equal(JobState.Delayed, delayed.State);
    }

    [Fact]
    [Trait("Behaviour", "PRI-07")]
    public void DueJobs_OfSeveralPriorities_RunByPriority()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Queue("q").Add(new JobRequest<int>("5", 0) { Priority = 5 });
        foreach (int priority in (int[])[9, 1, 5, -3])
        {
            test.Queue("q").Add(new JobRequest<int>($"due {priority}", 0) { Priority = priority, Delay = s_second });
        }

        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["due -3", "due 1", "5", "due 5", "due 9"], test.Ran);
    }

    [Fact]
    public async Task DelayedJob_ToldOfWhileTheClockIsAdvancedFromInside_FallsDueInOrder()
    {
        await using LiveStore test = new();
        List<string> heard = [];
        test.Store.Events.Subscribe((Action<JobEvent>)(said =>
        {
            heard.Add(said.JobName);
            test.Time.Advance(s_second);
        }), JobEventType.Waiting);
        test.Work("other", static (_, _) => default);
        for (int i = 1; i <= 5; i++)
        {
            test.Queue("q").AddDelayed($"{i}", 0, i * s_second);
        }

        test.Time.Advance(s_second);
        Assert.Equal(["1", "2", "3", "4", "5"], heard);
    }

    [Fact]
    public async Task Store_WithManyDelayedJobsAndNoneDue_DoesNotWakeAndHasOneTimer()
    {
        CountingTime time = new();
        await using LiveStore test = new(time: time);
        for (int i = 0; i < 10_000; i++)
        {
            test.Queue("q").AddDelayed("job", i, TimeSpan.FromHours(1) + i * TimeSpan.FromMilliseconds(7));
        }

        Assert.Equal(0, time.LiveTimers);
        test.Work("q", static (_, _) => default);
        int rings = time.Calls;
        for (int minute = 0; minute < 59; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((1, rings), (time.LiveTimers, time.Calls));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(time.Calls > rings);
        time.Advance(TimeSpan.FromDays(30)); // Does not tick through the month.
        Assert.InRange(time.Calls - rings, 1, 3);
        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();
        Assert.Equal(0, test.Queue("q").GetJobCounts().Delayed);
    }
}
