namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A schedule: it has one unfinished job, and fixed slots that are counted from its start or its making.</summary>
internal sealed class ReferenceSchedule(string id, string queue)
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
        bool keepsTimes = Current is not null && (plan.Every, plan.Start) == (_plan.Every, _plan.Start);
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
    public TimeSpan NextSlot(TimeSpan now) => now < _first ? _first : now + Every - new TimeSpan((now - _first).Ticks % Every.Ticks);

    private TimeSpan FirstSlot(TimeSpan now) => now >= _first && (now - _first).Ticks % Every.Ticks == 0 ? now : NextSlot(now);

    private TimeSpan Every => TimeSpan.FromMinutes(_plan.Every);

    private static TimeSpan? Minutes(int? minutes) => minutes is { } count ? TimeSpan.FromMinutes(count) : null;
}
