using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission.Schedules;

/// <summary>What an occurrence's end, by whatever way, does to its schedule: one next occurrence, never two.</summary>
public class ScheduleChainTests
{
    [Fact]
    [Trait("Behaviour", "REP-13")]
    public void Schedule_RunsThatFailForGood_GoOn()
    {
        using ScheduleScene scene = new(static _ => throw new InvalidOperationException("always"));
        scene.Add(ScheduleScene.EveryTen, options: new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(3)) });
        scene.RunUntil(25);
        Assert.Equal([0, 3, 10, 13, 20, 23], scene.Starts);
        Assert.Equal([1, 1, 2, 2, 3, 3], scene.Numbers);
        Assert.Equal(3, scene.Queue.GetJobCounts().Failed);
    }

    [Fact]
    [Trait("Behaviour", "REP-14")]
    public void Schedule_OccurrenceIsCanceledWhileItRuns_GoesOn()
    {
        using ScheduleScene scene = new(static job => job.OccurrenceNumber == 2 && job.Handle.Cancel("stop"));
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(25);
        Assert.Equal([0, 10, 20], scene.Starts);
        Assert.Equal((2, 1), (scene.Queue.GetJobCounts().Completed, scene.Queue.GetJobCounts().Canceled));
    }

    [Fact]
    [Trait("Behaviour", "REP-14")]
    public async Task Schedule_OccurrenceStallsOut_GoesOn()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobQueue queue = test.Queue("q");
        Worker closed = test.Work("q", held);
        JobHandle first = queue.AddSchedule("s", ScheduleScene.EveryTen, "job", 1, new JobOptions { MaxStalls = 0 }).Job;
        test.Pump();
        HeldRun late = held.Next();
        await test.StallAsync(closed);
        JobSchedule schedule = Assert.Single(queue.GetSchedules());
        Assert.Equal((JobState.Failed, JobState.Delayed, ScheduleScene.At(10)), (first.State, schedule.Job.State, schedule.DueAt));

        late.Return();
        test.Work("q", held);
        test.PumpAfter(TimeSpan.FromSeconds(9));
        HeldRun next = held.Next();
        Assert.Equal(2, next.Job.OccurrenceNumber);
        next.Return();
        test.Pump();
        Assert.Equal(new JobCounts(0, Delayed: 1, 0, 0, Completed: 1, Failed: 1, 0), queue.GetJobCounts());
    }

    [Fact]
    public async Task Schedule_OccurrenceStallsWithinItsBudget_HasNoSecondBesideIt()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobQueue queue = test.Queue("q");
        Worker closed = test.Work("q", held);
        JobHandle first = queue.AddSchedule("s", ScheduleScene.EveryTen, "job", 1).Job;
        test.Pump();
        HeldRun late = held.Next();
        await test.StallAsync(closed);
        late.Return();
        test.PumpAfter(TimeSpan.FromSeconds(19));
        Assert.Equal((JobState.Waiting, first, 1), (first.State, queue.GetSchedules().Single().Job, queue.GetJobCounts().Total));

        test.Work("q", held);
        test.Pump();
        held.Next().Return();
        test.Pump();
        Assert.Equal((JobState.Completed, ScheduleScene.At(30)), (first.State, queue.GetSchedules().Single().DueAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "REP-29")]
    public void Schedule_PendingOccurrenceIsPromoted_RunsNowAndOneIsNext(bool wholeQueue)
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(4);
        if (wholeQueue)
        {
            Assert.Equal(1, scene.Queue.PromoteJobs());
        }
        else
        {
            scene.Queue.GetSchedules().Single().Job.Promote();
        }

        scene.RunUntil(25);
        Assert.Equal([0, 4, 10, 20], scene.Starts);
        Assert.Equal([1, 2, 3, 4], scene.Numbers);
        Assert.Equal(1, scene.Queue.GetJobCounts().Delayed);
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("cancel")]
    [InlineData("drain")]
    [InlineData("clean")]
    [Trait("Behaviour", "REP-28")]
    public void Schedule_PendingOccurrenceIsTakenAway_HasAnotherAtTheSameSlot(string way)
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(4);
        JobHandle pending = scene.Queue.GetSchedules().Single().Job;
        Assert.True(way switch
        {
            "remove" => pending.Remove(),
            "cancel" => pending.Cancel(),
            "drain" => scene.Queue.Drain() == 1,
            _ => scene.Queue.Clean(JobState.Delayed, TimeSpan.Zero).Single() == pending.Id,
        });
        JobSchedule schedule = Assert.Single(scene.Queue.GetSchedules());
        Assert.NotEqual(pending, schedule.Job);
        Assert.Equal(ScheduleScene.At(10), schedule.DueAt);
        scene.RunUntil(25);
        Assert.Equal([0, 10, 20], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-23")]
    public void Schedule_FailedOccurrenceIsRetriedByHand_HasNoSecondChain()
    {
        bool fails = true;
        using ScheduleScene scene = new(_ => fails ? throw new InvalidOperationException("once") : null);
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(5);
        fails = false;
        scene.Queue.GetJobs(JobState.Failed).Single().Job.Retry();
        scene.RunUntil(25);
        Assert.Equal([0, 5, 10, 20], scene.Starts);
        Assert.Equal(1, scene.Queue.GetJobCounts().Delayed);
    }

    [Theory]
    [InlineData(5, 1, new double[] { 0, 5, 10, 20, 30 })]
    [InlineData(25, 3, new double[] { 0, 10, 20, 25, 25, 25, 30 })]
    [Trait("Behaviour", "REP-24")]
    public void Schedule_CompletedOccurrencesAreRetriedInBulk_DoesNotMultiply(double at, int completed, double[] starts)
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(at);
        Assert.Equal(completed, scene.Queue.RetryJobs(JobState.Completed));
        scene.RunUntil(35);
        Assert.Equal(starts, scene.Starts);

        // Once more, with those that had been retried already.
        Assert.Equal(4, scene.Queue.RetryJobs(JobState.Completed));
        scene.RunUntil(45);
        Assert.Equal([.. starts, 35, 35, 35, 35, 40], scene.Starts);
        Assert.Equal(5, scene.Numbers.Max());
        Assert.Equal(new JobCounts(0, Delayed: 1, 0, 0, Completed: 5, 0, 0), scene.Queue.GetJobCounts());
        Assert.Single(scene.Queue.GetSchedules());
    }

    [Fact]
    [Trait("Behaviour", "REP-15")]
    [Trait("Behaviour", "REP-16")]
    public void Schedule_EachOccurrence_IsANewJobWithTheNamePayloadAndOptions()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen, options: new JobOptions { CustomId = "mine", Priority = 3, Attempts = 4 });
        scene.RunUntil(20);
        IReadOnlyList<JobInfo> ran = scene.Queue.GetJobs(JobState.Completed);
        Assert.Equal(3, ran.Select(static job => job.Id).Distinct().Count());
        Assert.All(ran, static job => Assert.Equal(("job", 7, 3, 4, null, "s"), (job.Name, job.Data, job.Priority, job.Attempts, job.CustomId, job.ScheduleId)));
        Assert.Equal([3, 2, 1], ran.Select(static job => job.OccurrenceNumber!.Value).Order().Reverse());
        Assert.False(scene.Queue.TryGetJob("mine", out _));
    }

    [Fact]
    [Trait("Behaviour", "REP-32")]
    public void Schedule_NextOccurrence_IsAnnouncedDelayedAfterTheEndOfTheLast()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        using HeardEvents heard = new(scene.Queue.Events);
        scene.Pass(0);
        Assert.Equal(["job: Waiting to Active", "job: Active to Completed", "job: Added", "job: None to Delayed"], heard.Take(4));
    }

    [Fact]
    public void Schedule_InABoundedQueue_GoesOverTheBoundAndGivesTheRoomBack()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 1 });
        test.Work("q");
        queue.Add("other");
        queue.AddSchedule("s", ScheduleScene.EveryTen, "job", 1);
        Assert.Equal(2, test.Store.GetQueues().Single().RoomTaken);
        test.Pump();
        Assert.Equal(1, test.Store.GetQueues().Single().RoomTaken);
        Assert.True(queue.RemoveSchedule("s"));
        Assert.Equal(0, test.Store.GetQueues().Single().RoomTaken);
    }

    [Fact]
    public void Schedule_RetentionKeepsNothing_GoesOn()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen, options: new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce });
        scene.RunUntil(25);
        Assert.Equal([0, 10, 20], scene.Starts);
        Assert.Equal(1, scene.Queue.GetJobCounts().Total);
    }

    /// <summary>The job ends while it is being added: the next one is added after it, not further down on the same stack.</summary>
    [Theory]
    [InlineData(10_000, false)]
    [InlineData(100, true)]
    public void Schedule_SubscriberCancelsEachNewOccurrence_GoesOnOnceItStops(int cancels, bool byAnotherThread)
    {
        using ScheduleScene scene = new();
        int canceled = 0;
        int depth = 0;
        int deepest = 0;
        using IDisposable subscription = scene.Store.Events.Subscribe(
            added =>
            {
                deepest = Math.Max(deepest, ++depth);
                if (canceled < cancels)
                {
                    canceled++;
                    Assert.True(byAnotherThread ? Task.Run(() => added.Job.Cancel(), TestContext.Current.CancellationToken).Within().GetAwaiter().GetResult() : added.Job.Cancel());
                }

                depth--;
            },
            JobEventType.Added);

        scene.Add(ScheduleScene.EveryTen);
        JobSchedule schedule = Assert.Single(scene.Queue.GetSchedules());
        Assert.Equal((cancels, 1, JobState.Delayed), (canceled, deepest, schedule.Job.State));
        Assert.Equal((ScheduleScene.At(10), 1), (schedule.DueAt, schedule.OccurrenceNumber));

        scene.RunUntil(25);
        Assert.Equal([10, 20], scene.Starts);
    }

    [Fact]
    public void Schedule_RemovedBySubscriberAfterItCanceledTheOccurrence_AddsNoOther()
    {
        using ScheduleScene scene = new();
        int added = 0;
        using IDisposable subscription = scene.Store.Events.Subscribe(
            occurrence =>
            {
                added++;
                occurrence.Job.Cancel();
                Assert.True(scene.Queue.RemoveSchedule("s"));
            },
            JobEventType.Added);

        scene.Add(ScheduleScene.EveryTen);

        Assert.Empty(scene.Queue.GetSchedules());
        Assert.Equal((1, 0), (added, scene.Queue.GetJobCounts().Delayed));
    }

    [Fact]
    public void Schedule_ChangedBySubscriberAfterItCanceledTheOccurrence_GoesOnAsChanged()
    {
        using ScheduleScene scene = new();
        int added = 0;
        using IDisposable subscription = scene.Store.Events.Subscribe(
            occurrence =>
            {
                if (++added == 1)
                {
                    occurrence.Job.Cancel();
                    scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(7), Start = ScheduleScene.At(3) });
                }
            },
            JobEventType.Added);

        scene.Add(ScheduleScene.EveryTen);

        Assert.Equal((2, 1), (added, scene.Queue.GetJobCounts().Delayed));
        scene.RunUntil(11);
        Assert.Equal([3, 10], scene.Starts);
    }
}
