namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>
/// The times of a cron text of five fields, six (seconds first) or seven (year last), found by looking at one minute after
/// the other, and in one that matches at one second after the other. Numbers, stars, ranges, steps and lists only.
/// </summary>
internal sealed class ReferenceCron
{
    private const int MostMinutes = 15 * 24 * 60; // A story's texts match within a fortnight.
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly string[] _fields; // Second, minute, hour, day, month, weekday, year.
    private readonly TimeZoneInfo _zone;

    public ReferenceCron(string text, string? zone)
    {
        string[] fields = text.Split(' ');
        fields = fields.Length == 5 ? ["0", .. fields] : fields;
        _fields = fields.Length == 6 ? [.. fields, "*"] : fields;
        _zone = zone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zone);
    }

    /// <summary>Seconds, minutes or hours that go on: then every time that the clock shows counts, and no other.</summary>
    private bool KeepsBeat => _fields.Take(3).Any(static text => text.AsSpan().ContainsAny("*-/"));

    /// <summary>The first time after the given one, or that one itself if asked.</summary>
    public DateTimeOffset After(DateTimeOffset from, bool inclusive)
    {
        DateTimeOffset minute = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerMinute));
        for (int i = 0; i < MostMinutes; i++, minute += s_minute)
        {
            foreach (DateTimeOffset found in InMinute(minute).Where(found => inclusive ? found >= from : found > from))
            {
                return found;
            }
        }

        throw new InvalidOperationException($"'{string.Join(' ', _fields)}' matches nothing for a fortnight after {from}.");
    }

    private IEnumerable<DateTimeOffset> InMinute(DateTimeOffset minute)
    {
        DateTime local = Local(minute);
        if (!KeepsBeat && Skipped(minute).Any(skipped => Seconds(skipped).Any(Matches)))
        {
            yield return minute; // What was skipped is made up for at the first moment after it.
        }

        if (!MatchesMinute(local) || (!KeepsBeat && WasShownBefore(minute)))
        {
            yield break;
        }

        for (int second = 0; second < 60; second++)
        {
            if (Matches(local.AddSeconds(second)))
            {
                yield return minute.AddSeconds(second);
            }
        }
    }

    /// <summary>The minutes that the clock has left out to come to this one.</summary>
    private IEnumerable<DateTime> Skipped(DateTimeOffset minute)
    {
        for (DateTime local = Local(minute - s_minute) + s_minute; local < Local(minute); local += s_minute)
        {
            yield return local;
        }
    }

    /// <summary>The clock was set back and shows the same once more.</summary>
    private bool WasShownBefore(DateTimeOffset minute) => Enumerable.Range(1, 180).Any(back => Local(minute - back * s_minute) == Local(minute));

    private static IEnumerable<DateTime> Seconds(DateTime minute) => Enumerable.Range(0, 60).Select(second => minute.AddSeconds(second));

    private DateTime Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone).DateTime;

    private bool Matches(DateTime local) => MatchesMinute(local) && Matches(_fields[0], local.Second);

    private bool MatchesMinute(DateTime local) =>
        Matches(_fields[1], local.Minute) && Matches(_fields[2], local.Hour) && Matches(_fields[3], local.Day)
        && Matches(_fields[4], local.Month) && Matches(_fields[5], (int)local.DayOfWeek) && Matches(_fields[6], local.Year);

    private static bool Matches(string field, int value) => field.Split(',').Any(part => MatchesPart(part, value));

    /// <summary>From, to and step: "7", "7-9", "*", "*/5", "7/5" or "7-9/5".</summary>
    private static bool MatchesPart(string part, int value)
    {
        string[] range = part.Split('/');
        string[] bounds = range[0].Split('-');
        int from = bounds[0] == "*" ? 0 : int.Parse(bounds[0]);
        int to = bounds.Length == 2 ? int.Parse(bounds[1]) : bounds[0] == "*" || range.Length == 2 ? int.MaxValue : from;
        int step = range.Length == 2 ? int.Parse(range[1]) : 1;
        return value >= from && value <= to && (value - from) % step == 0;
    }
}
