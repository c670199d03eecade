namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>
/// Schedules: never two unfinished jobs, never at an end that nobody asked for, never another job after the removal.
/// </summary>
internal static class ScheduleScenarios
{
    private const string Id = "s";
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static readonly Scenario[] All =
    [
        Meeting("two adds of one schedule", Has.Nothing, Outlook.ByRemoval, ("one", Set), ("other", Set)),
        Meeting("a schedule is added | removed", Has.Nothing, Outlook.ByRemoval, ("adds", Set), ("removes", Remove)),
        Meeting("a schedule is added | its job is taken", Has.Nothing, Outlook.ByRemoval, ("adds", Set), ("taker", Take)),
        Meeting("a schedule is changed | its job is taken", Has.WaitingJob, Outlook.ByRemoval, ("changes", Set), ("taker", Take)),
        Meeting("a schedule is changed | its run ends", Has.Run, Outlook.ByRemoval, ("changes", Set), ("owner", Complete)),
        Meeting("a schedule begins anew | its run ends", Has.Run, Outlook.ByRemoval, ("changes", BeginAnew), ("owner", Complete)),
        Meeting("a schedule begins anew | its job falls due", Has.DelayedJob, Outlook.ByRemoval, ("changes", BeginAnew), ("clock", FallDue)),
        Meeting("a schedule is removed | its job is taken", Has.WaitingJob, Outlook.ByRemoval, ("removes", Remove), ("taker", Take)),
        Meeting("a schedule is removed | its run ends", Has.Run, Outlook.ByRemoval, ("removes", Remove), ("owner", Complete)),
        Meeting("a schedule is removed | its job falls due", Has.DelayedJob, Outlook.ByRemoval, ("removes", Remove), ("clock", FallDue)),
        Meeting("a schedule is removed | changed", Has.WaitingJob, Outlook.Open, ("removes", Remove), ("changes", Set)),
        Meeting("a schedule is removed twice", Has.WaitingJob, Outlook.ByRemoval, ("one", Remove), ("other", Remove), isShort: true),
        Meeting("the store is closed | a schedule's run ends", Has.Run, Outlook.Closed, ("closes", Close), ("owner", Complete), isShort: true),
        Meeting("the store is closed | a schedule's job falls due", Has.DelayedJob, Outlook.Closed, ("closes", Close), ("clock", FallDue), isShort: true),
    ];

    private enum Has
    {
        Nothing,
        WaitingJob,
        Run,
        DelayedJob,
    }

    private enum Outlook
    {
        /// <summary>It goes on unless it was removed.</summary>
        ByRemoval,

        /// <summary>Added again after the removal, or removed after the change: both are legal.</summary>
        Open,

        /// <summary>It is over, and its last job out of reach.</summary>
        Closed,
    }

    private static Scenario Meeting(string name, Has has, Outlook outlook, (string Name, Action<Bench> Do) one, (string Name, Action<Bench> Do) other, bool isShort = false) => new(name, play =>
    {
        Bench bench = new(new Stage(play));
        if (has != Has.Nothing)
        {
            Set(bench);
        }

        if (has is Has.Run or Has.DelayedJob)
        {
            Assert.True(bench.Hand.TryTake());
        }

        if (has == Has.DelayedJob)
        {
            bench.Stage.Dispatcher.Alarm.UseTimer();
            bench.Hand.Complete();
        }

        play.Thread(one.Name, () => one.Do(bench));
        play.Thread(other.Name, () => other.Do(bench));
        play.Afterwards(() => bench.Is(outlook));
    }, isShort);

    private static void Set(Bench bench) => bench.Set(s_second);

    private static void BeginAnew(Bench bench) => bench.Set(2 * s_second);

    private static void Remove(Bench bench) => bench.Remove();

    private static void Take(Bench bench) => bench.Hand.TakeAndComplete();

    private static void Complete(Bench bench) => bench.Hand.Complete();

    private static void Close(Bench bench) => bench.Stage.Store.Dispose();

    private static void FallDue(Bench bench) => bench.Stage.Time.Advance(s_second);

    private sealed class Bench(Stage stage)
    {
        private const int MostRuns = 9; // So that it ends when all is run to its end.
        private int _removals;

        public Stage Stage => stage;

        public Hand Hand { get; } = stage.Hand();

        public void Set(TimeSpan every) => stage.Queue.AddSchedule(Id, new RepeatOptions { Every = every, Limit = MostRuns }, "job", 0);

        public void Remove()
        {
            if (stage.Queue.RemoveSchedule(Id))
            {
                _removals++;
            }
        }

        public void Is(Outlook outlook)
        {
            JobCounts counts = JobQueue.CountsOf(stage.Engine, stage.Ready.Ledger.Number);
            int unfinished = counts.Delayed + counts.Waiting + counts.Active;
            int schedules = stage.Engine.Schedules.Of(stage.Ready.Ledger.Number).Count();
            bool isClosed = outlook == Outlook.Closed;
            Assert.True(unfinished <= 1, $"{unfinished} jobs of one schedule are unfinished");
            Assert.True(_removals <= 1, "two removals were told that they were it");
            Assert.True(isClosed || unfinished == schedules, $"{schedules} schedules, and {unfinished} unfinished jobs");
            Assert.True(outlook == Outlook.Open || (schedules == 1) == (!isClosed && _removals == 0), $"{_removals} removals, and {schedules} schedules");
            if (schedules == 1)
            {
                Assert.True(stage.Queue.TryGetSchedule(Id, out JobSchedule? set) && !set.Job.IsFinished, "the schedule's job is not the one that is unfinished");
                Assert.True(stage.Time.GetTimestamp() != 0 || IsSlotOf(set), $"every {set.Repeat.Every}, and the next is due at {set.DueAt}");
            }
        }

        /// <summary>While the time has stood still all slots are counted from where it stands.</summary>
        private bool IsSlotOf(JobSchedule set) => (set.DueAt!.Value - stage.Time.GetUtcNow()).Ticks % set.Repeat.Every!.Value.Ticks == 0;
    }
}
