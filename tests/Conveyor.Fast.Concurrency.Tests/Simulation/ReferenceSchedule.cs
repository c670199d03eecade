namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A schedule: it has one unfinished job, and fixed slots that are counted from its start or its making, or given by a cron text.</summary>
internal sealed class ReferenceSchedule(string id, string queue, DateTimeOffset begin)
{
    private TimeSpan _first;
    private SchedulePlan _plan = null!;

    public string Id => id;

    public string Queue => queue;

    /// <summary>What its jobs are added with.</summary>
    public JobPlan Job { get; private set; } = null!;

    /// <summary>Its jobs that have started and ended.</summary>
    public int Runs { get; set; }

    /// <summary>Its unfinished job.</summary>
    public ReferenceJob? Current { get; set; }

    /// <summary>Whether that one is being added, and a subscriber may hear of it.</summary>
    public bool IsAdding { get; set; }

    /// <summary>Whether that one, which ended while it was added, had started.</summary>
    public bool? EndedAsStarted { get; set; }

    /// <summary>Which one that is, from 1.</summary>
    public int Number { get; set; }

    /// <summary>When that one is, or was, due.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>When the one that takes its place is due if it has not started.</summary>
    public TimeSpan? Replacement { get; set; }

    /// <summary>Whether a slot is at the end or behind it, or enough have run.</summary>
    public bool IsOverAt(TimeSpan slot) => slot >= Minutes(_plan.End) || Runs >= _plan.Limit;

    /// <summary>With the times it has it keeps its slots and its count; with others it begins anew.</summary>
    public void Set(SchedulePlan plan, JobPlan job, TimeSpan now)
    {
        bool keepsTimes = Current is not null && plan.HasTimesOf(_plan);
        _plan = plan;
        Job = job;
        if (!keepsTimes)
        {
            _first = Minutes(plan.Start) ?? now;
            Runs = 0;
        }

        Replacement = !keepsTimes ? FirstSlot(now) : Due <= now ? Due : NextSlot(now);
    }

    /// <summary>The first slot from now on that is not now: what was missed is skipped.</summary>
    public TimeSpan NextSlot(TimeSpan now) => _plan.Every is { } every
        ? now < _first ? _first : now + TimeSpan.FromMinutes(every) - Past(now, every)
        : now < _first ? Match(_first, inclusive: true) : Match(now, inclusive: false);

    /// <summary>An interval's first slot is its start or its making; a cron text's may be its start, and comes after its making.</summary>
    private TimeSpan FirstSlot(TimeSpan now) => _plan.Every is { } every
        ? now >= _first && Past(now, every) == TimeSpan.Zero ? now : NextSlot(now)
        : Match(now > _first ? now : _first, inclusive: _plan.Start is not null && now <= _first);

    /// <summary>How long ago the latest slot was.</summary>
    private TimeSpan Past(TimeSpan now, int every) => new((now - _first).Ticks % TimeSpan.FromMinutes(every).Ticks);

    private TimeSpan Match(TimeSpan from, bool inclusive) => new ReferenceCron(_plan.Cron!, _plan.Zone).After(begin + from, inclusive) - begin;

    private static TimeSpan? Minutes(int? minutes) => minutes is { } count ? TimeSpan.FromMinutes(count) : null;
}
