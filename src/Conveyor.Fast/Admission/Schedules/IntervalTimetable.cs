namespace Conveyor.Fast.Admission;

/// <summary>
/// Fixed slots, counted from the start or from the making: each is reckoned from there, so that nothing adds up, and by
/// timestamps, so that a clock set by hand does not shift them.
/// </summary>
internal sealed class IntervalTimetable(TimeProvider clock, TimeSpan every, DateTimeOffset? start) : Timetable
{
    private readonly long _madeAt = clock.GetTimestamp();
    private readonly TimeSpan _ageWhenMade = start is { } first ? clock.GetUtcNow() - first : TimeSpan.Zero;

    public override Slot? First() => Age() is { Ticks: >= 0 } age && age.Ticks % every.Ticks == 0
        ? new Slot(TimeSpan.Zero, clock.GetUtcNow(), false)
        : Next();

    public override Slot? Next()
    {
        TimeSpan age = Age();
        if (age < TimeSpan.Zero && start is { } first)
        {
            return new Slot(-age, first, true);
        }

        TimeSpan left = new(every.Ticks - Math.Max(0, age.Ticks) % every.Ticks);
        DateTimeOffset at = clock.GetUtcNow();
        return new Slot(left, left < DateTimeOffset.MaxValue - at ? at + left : DateTimeOffset.MaxValue, false);
    }

    /// <summary>How long ago the first slot was.</summary>
    private TimeSpan Age() => clock.GetElapsedTime(_madeAt) + _ageWhenMade;
}
