using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission.Schedules;

public class IntervalScheduleTests
{
    [Fact]
    [Trait("Behaviour", "REP-01")]
    [Trait("Behaviour", "REP-11")]
    public void Interval_WithoutStart_RunsAtOnceAndThenAtEachSlot()
    {
        using ScheduleScene scene = new();
        JobSchedule schedule = scene.Add(ScheduleScene.EveryTen);
        Assert.Equal((JobState.Waiting, ScheduleScene.At(0)), (schedule.Job.State, schedule.DueAt));
        scene.RunUntil(35);
        Assert.Equal([0, 10, 20, 30], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-08")]
    public void Interval_WithAFutureStart_CountsItsSlotsFromThere()
    {
        using ScheduleScene scene = new();
        JobSchedule schedule = scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), Start = ScheduleScene.At(25) });
        Assert.Equal((JobState.Delayed, ScheduleScene.At(25)), (schedule.Job.State, schedule.DueAt));
        scene.RunUntil(45);
        Assert.Equal([25, 35, 45], scene.Starts);
    }

    [Fact]
    public void Interval_WithAPastStart_RunsAtTheNextSlotCountedFromThere()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), Start = ScheduleScene.At(-104) });
        scene.RunUntil(20);
        Assert.Equal([6, 16], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-18")]
    [Trait("Behaviour", "REP-17")]
    public void Interval_RunsThatTakeLong_SkipTheSlotsTheyCoverAndKeepTheOthers()
    {
        ScheduleScene? made = null;
        using ScheduleScene scene = new(_ =>
        {
            made!.Spend(made.Starts.Count == 2 ? 34 : 3);
            return null;
        }, concurrency: 4);
        made = scene;
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(75);
        Assert.Equal([0, 10, 50, 60, 70], scene.Starts);
    }

    [Fact]
    public void Interval_RunThatEndsOnASlot_LeavesThatOneOut()
    {
        ScheduleScene? made = null;
        using ScheduleScene scene = new(_ =>
        {
            made!.Spend(made.Starts.Count == 1 ? 10 : 0);
            return null;
        });
        made = scene;
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(25);
        Assert.Equal([0, 20], scene.Starts);
    }

    [Fact]
    public void Interval_StoreThatIsPumpedLate_RunsOnceAndBunchesNothingUp()
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        scene.RunUntil(0);
        scene.Pass(1_004);
        Assert.Equal([0, 1_004], scene.Starts);
        scene.RunUntil(1_010);
        Assert.Equal([0, 1_004, 1_010], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-18")]
    public void Interval_TenThousandOccurrences_DoNotDriftByATick()
    {
        TimeSpan every = TimeSpan.FromTicks(1_234_567);
        ScheduleScene? made = null;
        List<DateTimeOffset> starts = [];
        using ScheduleScene scene = new(_ =>
        {
            starts.Add(made!.Now);
            made.Spend(0.0001 * (starts.Count % 7));
            return null;
        });
        made = scene;
        scene.Add(new RepeatOptions { Every = every });
        scene.RunUntil(every.TotalSeconds * 10_000 - 0.01);
        Assert.Equal(10_000, starts.Count);
        Assert.All(starts.Index(), slot => Assert.Equal(ScheduleScene.Begin + every * slot.Index, slot.Item));
    }

    [Fact]
    public void Interval_TheLongest_RunsAtEachSlot()
    {
        TimeSpan every = TimeSpan.FromDays(36_500);
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Every = every });
        Assert.Equal(every, scene.Pass(0).NextDue);
        scene.RunUntil(every.TotalSeconds * 2);
        Assert.Equal([0, every.TotalSeconds, every.TotalSeconds * 2], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-02")]
    [Trait("Behaviour", "REP-34")]
    public void Limit_OfThree_RunsThreeAndTheHandlerSeesTheCount()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), Limit = 3 });
        scene.RunUntil(100);
        Assert.Equal([0, 10, 20], scene.Starts);
        Assert.Equal([1, 2, 3], scene.Numbers);
        Assert.Empty(scene.Queue.GetSchedules());
        Assert.Equal(0, scene.Queue.GetJobCounts().Delayed);
    }

    [Fact]
    public void Limit_OccurrenceThatNeverRan_IsNotCounted()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), Limit = 2 });
        scene.RunUntil(5);
        scene.Queue.GetSchedules().Single().Job.Cancel();
        scene.RunUntil(100);
        Assert.Equal([0, 10], scene.Starts);
        Assert.Equal([1, 2], scene.Numbers);
    }

    [Theory]
    [InlineData(20, 2)]
    [InlineData(20.5, 3)]
    [InlineData(0, 0)]
    [Trait("Behaviour", "REP-07")]
    public void End_SlotsAtItOrLater_HaveNoRun(double end, int runs)
    {
        using ScheduleScene scene = new();
        JobSchedule schedule = scene.Add(new RepeatOptions { Every = TimeSpan.FromSeconds(10), End = ScheduleScene.At(end) });
        Assert.Equal(runs == 0, schedule.DueAt is null);
        scene.RunUntil(100);
        Assert.Equal(runs, scene.Starts.Count);
        Assert.Empty(scene.Queue.GetSchedules());
        Assert.Equal(0, scene.Queue.GetJobCounts().Delayed);
    }

    [Fact]
    public async Task Threads_UnderAClockThatIsAdvanced_RunEachSlotOnce()
    {
        await using LiveStore live = new();
        using SemaphoreSlim ran = new(0);
        live.Work("q", (_, _) =>
        {
            ran.Release();
            return default;
        }, concurrency: 2);
        JobQueue queue = live.Queue("q");
        queue.AddSchedule("s", ScheduleScene.EveryTen, "job", 1);
        for (int slot = 0; slot < 5; slot++)
        {
            await ran.WaitAsync(TestContext.Current.CancellationToken).Within();
            while (queue.GetJobCounts().Delayed == 0)
            {
                await Task.Yield();
            }

            live.Time.Advance(TimeSpan.FromSeconds(10));
        }

        await ran.WaitAsync(TestContext.Current.CancellationToken).Within();
        Assert.True(queue.RemoveSchedule("s"));
    }
}
