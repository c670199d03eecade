namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Steps about time.</summary>
internal sealed partial class StoryTeller
{
    /// <summary>An hour is left out, or comes twice; on Lord Howe it is half an hour.</summary>
    private static readonly ZonePlan[] s_zones =
    [
        new("Europe/Berlin", new DateTimeOffset(2026, 3, 29, 0, 10, 0, TimeSpan.Zero)),
        new("Europe/Berlin", new DateTimeOffset(2026, 10, 25, 0, 10, 0, TimeSpan.Zero)),
        new("America/New_York", new DateTimeOffset(2026, 3, 8, 6, 20, 0, TimeSpan.Zero)),
        new("America/New_York", new DateTimeOffset(2026, 11, 1, 5, 10, 0, TimeSpan.Zero)),
        new("Australia/Lord_Howe", new DateTimeOffset(2026, 10, 3, 14, 50, 0, TimeSpan.Zero)),
        new("Australia/Lord_Howe", new DateTimeOffset(2026, 4, 4, 14, 20, 0, TimeSpan.Zero)),
    ];

    private static readonly string[] s_crons =
    [
        "* * * * *", "*/7 * * * *", "2-58/4 * * * *", "15,45 * * * *", "*/10 2 * * *", "45 1-3 * * *", "30 2 * * *", "15 1 * * *", "0,30 2,3 * * *", "0 3 * * 0",
        "*/20 * * * * *", "30 */2 * * * *", "0 0 */1 * * *", "59 59 1 * * *", "15,45 30 1,2 * * *", "0 */5 * * * * 2026", "0 30 1 * * 0 2026-2027",
    ];

    private readonly bool _hasDelays;
    private readonly bool _hasLimits;
    private readonly bool _hasSchedules;
    private readonly ZonePlan? _zone; // Of the cron texts, if there are any.

    private Operation MakeTiming() => _hasSchedules && Chance(4) ? MakeScheduling() : _random.Next(9) switch
    {
        < 3 => new Operation.AdvanceToDue(),
        3 => new Operation.Promote(Name()),
        4 => new Operation.ChangeDelay(Name(), _random.Next(1, 6)),
        5 => new Operation.PromoteJobs(Queue()),
        6 => new Operation.Answer(Name()),
        _ => MakeForceClose(),
    };

    private Operation MakeTimingInside() => _random.Next(6) switch
    {
        0 => new Operation.Advance(_random.Next(1, 4)),
        1 => new Operation.PromoteJobs(Queue()),
        2 => new Operation.ChangeDelay(Name(), _random.Next(1, 6)),
        3 => new Operation.Promote(Name()),
        4 => new Operation.RemoveSchedule(Queue(), Choose("s", "t")),
        _ => MakeForceClose(),
    };

    private Operation MakeScheduling() => Chance(4) ? new Operation.RemoveSchedule(Queue(), Choose("s", "t")) : MakeSchedule();

    private Operation.AddSchedule MakeSchedule()
    {
        JobPlan job = MakeJob(Queue(), inside: false) with { CustomId = null, Key = null, Delay = null };
        string[] first = [$"{job.Name}#1", $"{job.Name}#2", $"{job.Name}#3"];
        _names.AddRange(first);
        if (_suspending.Contains(job.Name))
        {
            _suspending.AddRange(first);
        }

        int? start = Chance(4) ? _random.Next(0, 20) : null;
        return new Operation.AddSchedule(
            Choose("s", "t"),
            MakeTimes() with { Start = start, End = Chance(4) ? (start ?? 0) + _random.Next(1, 30) : null, Limit = Chance(4) ? _random.Next(1, 4) : null },
            job);
    }

    private SchedulePlan MakeTimes() => _zone is { } zone && !Chance(4)
        ? new SchedulePlan(Choose(s_crons), Chance(5) ? null : zone.Name)
        : new SchedulePlan(_random.Next(1, 5));

    /// <summary>What a handler says of its own job.</summary>
    private Operation MakeWish() => _random.Next(5) switch
    {
        0 => new Operation.MoveToFailed("no use"),
        1 => new Operation.Discard(),
        2 => new Operation.Move(),
        _ => new Operation.Move(_random.Next(0, 4)),
    };

    private Operation.ForceClose MakeForceClose()
    {
        int worker = _random.Next(ReferenceStore.Queues.Length);
        _closed.Enqueue(ReferenceStore.Queues[worker]);
        return new Operation.ForceClose(Chance(3) ? _random.Next(_workers) : worker);
    }

    /// <summary>A time zone, and a time shortly before its clocks are set.</summary>
    private sealed record ZonePlan(string Name, DateTimeOffset Begin);
}
