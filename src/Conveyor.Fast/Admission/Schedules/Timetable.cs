namespace Conveyor.Fast.Admission;

/// <summary>The times at which a schedule's jobs are due, without end or limit. Immutable.</summary>
internal abstract class Timetable
{
    /// <summary>The timetable that the options ask for; what can not be one is refused.</summary>
    public static Timetable Of(RepeatOptions repeat, TimeProvider clock)
    {
        TimeZoneInfo zone = ZoneOf(repeat);
        if (repeat.Every is null == repeat.Cron is null)
        {
            throw new ArgumentException("A schedule has either an interval (Every) or a cron text (Cron), and not both.", nameof(repeat));
        }

        if (repeat.TimeZone is not null && repeat.Cron is null)
        {
            throw new ArgumentException($"A time zone is for a cron text; this schedule has an interval and the zone '{repeat.TimeZone}'.", nameof(repeat));
        }

        if (repeat.Immediately && repeat.Start is not null)
        {
            throw new ArgumentException("A schedule either begins immediately or has a start, and not both.", nameof(repeat));
        }

        if (repeat.End is { } end && repeat.Start is { } start && end <= start)
        {
            throw new ArgumentException($"A schedule's end comes after its start; the end is {end:O}, the start {start:O}.", nameof(repeat));
        }

        if (repeat.Start is { } far && far - clock.GetUtcNow() > Duration.Longest)
        {
            throw new ArgumentException($"A schedule's start is at most {Duration.Longest.Days} days ahead; this one is {far:O}.", nameof(repeat));
        }

        return repeat.Every is { } every
            ? new IntervalTimetable(clock, every, repeat.Start)
            : CronTimetable.Of(repeat, clock, zone);
    }

    /// <summary>The first slot of a schedule that begins now; none if the times lie behind.</summary>
    public abstract Slot? First();

    /// <summary>The first slot from now on that is not now.</summary>
    public abstract Slot? Next();

    private static TimeZoneInfo ZoneOf(RepeatOptions repeat) =>
        repeat.TimeZone is not { } name ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone
        : throw new ArgumentException($"There is no time zone '{name}' on this machine.", nameof(repeat));
}
