namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Steps about time.</summary>
internal sealed partial class StoryTeller
{
    private readonly bool _hasDelays;
    private readonly bool _hasLimits;
    private readonly bool _hasSchedules;

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
            new SchedulePlan(_random.Next(1, 5)) { Start = start, End = Chance(4) ? (start ?? 0) + _random.Next(1, 30) : null, Limit = Chance(4) ? _random.Next(1, 4) : null },
            job);
    }

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
}
