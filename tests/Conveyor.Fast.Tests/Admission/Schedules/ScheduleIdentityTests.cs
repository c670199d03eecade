using System.Runtime.CompilerServices;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission.Schedules;

public class ScheduleIdentityTests
{
    [Fact]
    [Trait("Behaviour", "REP-26")]
    public void Schedule_IsListedFetchedAndRemovedOnce()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen, "b");
        scene.Add(new RepeatOptions { Cron = "0 0 * * *" }, "a");
        Assert.Equal(["a", "b"], scene.Queue.GetSchedules().Select(static schedule => schedule.Id));
        Assert.True(scene.Queue.TryGetSchedule("b", out JobSchedule? found));
        Assert.Equal(("b", "q", "job", 1L), (found.Id, found.QueueName, found.JobName, found.OccurrenceNumber));
        Assert.Same(ScheduleScene.EveryTen, found.Repeat);
        Assert.Equal("b", found.Job.GetInfo().ScheduleId);
        Assert.True(scene.Queue.RemoveSchedule("b"));
        Assert.False(scene.Queue.RemoveSchedule("b"));
        Assert.False(scene.Queue.TryGetSchedule("b", out _));
        Assert.False(scene.Store.GetQueue("other").RemoveSchedule("a"));
        Assert.Equal(JobState.None, found.Job.State);
    }

    [Fact]
    [Trait("Behaviour", "REP-28")]
    public void RemoveSchedule_WhileNothingRuns_TakesThePendingOccurrenceAlong()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(5);
        Assert.True(scene.Queue.RemoveSchedule("s"));
        Assert.Equal((0, 1), (scene.Queue.GetJobCounts().Delayed, scene.Queue.GetJobCounts().Completed));
        scene.RunUntil(50);
        Assert.Equal([0], scene.Starts);
    }

    [Fact]
    public void RemoveSchedule_FromItsOwnHandler_LetsTheRunEndAndAddsNoOther()
    {
        using ScheduleScene scene = new(static job => job.Queue.RemoveSchedule(job.ScheduleId!));
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(50);
        Assert.Equal([0], scene.Starts);
        Assert.Equal((1, 1), (scene.Queue.GetJobCounts().Completed, scene.Queue.GetJobCounts().Total));
    }

    [Fact]
    [Trait("Behaviour", "REP-25")]
    public void AddSchedule_AgainWithTheSameTimes_KeepsSlotsAndCountAndHasOnePending()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(14);
        JobHandle replaced = scene.Queue.GetSchedules().Single().Job;
        JobSchedule schedule = scene.Queue.AddSchedule("s", new RepeatOptions { Every = TimeSpan.FromSeconds(10) }, "renamed", "text");
        Assert.Equal((JobState.None, ScheduleScene.At(20)), (replaced.State, schedule.DueAt));
        Assert.Equal(("renamed", 3L), (schedule.JobName, schedule.OccurrenceNumber));
        Assert.Equal(1, scene.Queue.GetJobCounts().Delayed);
        scene.RunUntil(35);
        Assert.Equal([0, 10, 20, 30], scene.Starts);
        Assert.Equal(["job", "job", "renamed", "renamed"], scene.Ran);
    }

    [Fact]
    [Trait("Behaviour", "REP-25")]
    public void AddSchedule_AgainBeforeTheFirstRun_LeavesOneWaiting()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        JobSchedule schedule = scene.Add(ScheduleScene.EveryTen);
        Assert.Equal((JobState.Waiting, 1), (schedule.Job.State, scene.Queue.GetJobCounts().Total));
        scene.RunUntil(15);
        Assert.Equal([0, 10], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-30")]
    public void AddSchedule_WithAnotherInterval_BeginsAnewAtOnce()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(14);
        JobSchedule schedule = scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(3), Limit = 3 });
        Assert.Equal((JobState.Waiting, 1L), (schedule.Job.State, schedule.OccurrenceNumber));
        scene.RunUntil(50);
        Assert.Equal([0, 10, 14, 17, 20], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-25")]
    [Trait("Behaviour", "REP-30")]
    public void AddSchedule_AgainWhileItBeginsAnew_KeepsTheFirstSlot()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(14);
        RepeatOptions anew = new() { Every = TimeSpan.FromSeconds(3), Limit = 2 };
        using IDisposable subscription = scene.Queue.Events.Subscribe(_ => scene.Add(anew), JobEventType.Removed); // Between the change and the next job.
        JobSchedule schedule = scene.Add(anew);
        Assert.Equal((JobState.Waiting, ScheduleScene.At(14)), (schedule.Job.State, schedule.DueAt));
        scene.RunUntil(50);
        Assert.Equal([0, 10, 14, 17], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-17")]
    public void AddSchedule_WithAnotherIntervalWhileOneRuns_WaitsForItsEnd()
    {
        ScheduleScene? made = null;
        using ScheduleScene scene = new(job =>
        {
            if (made!.Starts.Count == 1)
            {
                made.Spend(2);
                made.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(3) });
                Assert.Equal(1, made.Queue.GetJobCounts().Total);
                made.Spend(4);
            }

            return null;
        }, concurrency: 2);
        made = scene;
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(12);
        Assert.Equal([0, 8, 11], scene.Starts);
    }

    [Fact]
    public void AddSchedule_AgainWithAnEndThatIsReached_EndsTheSchedule()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(14);
        Assert.Null(scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), End = ScheduleScene.At(20) }).DueAt);
        Assert.Empty(scene.Queue.GetSchedules());
        Assert.Equal(0, scene.Queue.GetJobCounts().Delayed);
    }

    [Fact]
    [Trait("Behaviour", "REP-36")]
    public void GetQueues_SaysHowManySchedulesEachQueueHas()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen, "one");
        scene.Add(new RepeatOptions { Cron = "0 0 * * *" }, "two");
        scene.Store.GetQueue("other").Add("job");
        Assert.Equal([("q", 2), ("other", 0)], scene.Store.GetQueues().Select(static queue => (queue.Name, queue.Schedules)));
        Assert.Equal(1, scene.Queue.GetJobs(JobState.Delayed).Count(static job => job.ScheduleId is not null));
    }

    [Fact]
    public void DisposedStore_ItsSchedules_EndAndRootNothing()
    {
        (JobStore store, JobSchedule schedule, WeakReference payload) = MakeAndDispose();
        for (int i = 0; i < 10 && payload.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(payload.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => store.GetQueue("q"));
        GC.KeepAlive(schedule);
    }

    [Fact]
    public async Task RemoveAndAdd_FromSeveralThreadsWhileItRuns_LeavesOneOrNone()
    {
        await using LiveStore live = new();
        live.Work("q", static (_, _) => default, concurrency: 2);
        JobQueue queue = live.Queue("q");
        Task[] threads = [.. Enumerable.Range(0, 3).Select(number => Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                queue.AddSchedule("s", new RepeatOptions { Every = TimeSpan.FromSeconds(1 + (number + i) % 2) }, "job", i);
                if (i % 5 == number)
                {
                    queue.RemoveSchedule("s");
                }
            }
        }))];
        await Task.WhenAll(threads).Within();
        queue.AddSchedule("s", new RepeatOptions { Cron = "0 0 1 1 *" }, "job", 1);
        await live.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();
        Assert.Single(queue.GetSchedules());
        Assert.Equal(1, queue.GetJobCounts().Delayed);
        Assert.True(queue.RemoveSchedule("s"));
        Assert.Equal(0, queue.GetJobCounts().Delayed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (JobStore Store, JobSchedule Schedule, WeakReference Payload) MakeAndDispose()
    {
        JobStore store = new();
        object payload = new();
        JobSchedule schedule = store.GetQueue("q").AddSchedule("s", new RepeatOptions { Every = TimeSpan.FromDays(1), Start = TimeProvider.System.GetUtcNow().AddDays(1) }, "job", payload);
        store.Dispose();
        return (store, schedule, new WeakReference(payload));
    }
}
