using Cronos;

namespace Conveyor.Fast.Admission;

/// <summary>The times of a cron text, by the clock's date.</summary>
internal sealed class CronTimetable : Timetable
{
    private readonly TimeProvider _clock;
    private readonly CronTimes _times;
    private readonly DateTimeOffset? _start;
    private readonly bool _immediately;

    private CronTimetable(TimeProvider clock, CronTimes times, DateTimeOffset? start, bool immediately)
    {
        _clock = clock;
        _times = times;
        _start = start;
        _immediately = immediately;
    }

    public static CronTimetable Of(RepeatOptions repeat, TimeProvider clock, TimeZoneInfo zone)
    {
        CronTimetable made = new(clock, Parse(repeat, zone), repeat.Start, repeat.Immediately);
        return made.FirstMatch(clock.GetUtcNow()) is not null
            ? made
            : throw new ArgumentException($"The cron text '{repeat.Cron}' matches no time to come.", nameof(repeat));
    }

    public override Slot? First()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _immediately ? new Slot(TimeSpan.Zero, now, false) : FirstMatch(now);
    }

    public override Slot? Next()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _start is { } start && start > now ? At(start, inclusive: true, now) : At(now, inclusive: false, now);
    }

    private static CronTimes Parse(RepeatOptions repeat, TimeZoneInfo zone)
    {
        try
        {
            return CronTimes.Parse(repeat.Cron!, zone);
        }
        catch (Exception error) when (error is FormatException or MissingSeedException)
        {
            throw new ArgumentException($"The cron text '{repeat.Cron}' is wrong. {error.Message}", nameof(repeat), error);
        }
    }

    private Slot? FirstMatch(DateTimeOffset now) =>
        _start is { } start && start >= now ? At(start, inclusive: true, now) : At(now, inclusive: false, now);

    private Slot? At(DateTimeOffset from, bool inclusive, DateTimeOffset now) =>
        _times.After(from, inclusive) is { } at ? new Slot(at - now, at, true) : null;
}
