using Cronos;

namespace Conveyor.Fast.Admission;

/// <summary>
/// A cron text of 5 fields, 6 (seconds first) or 7 (seconds first, year last) in a time zone. The library parses and matches
/// the first six. With fixed hours it fires once for each matching local time. Where seconds, minutes or hours have a star,
/// a range or a step, only local times that the clock really shows count, so that the beat is kept over a skipped hour.
/// </summary>
internal sealed class CronTimes
{
    private readonly CronExpression _expression;
    private readonly CronYears _years;
    private readonly TimeZoneInfo _zone;
    private readonly bool _keepsBeat;

    private CronTimes(CronExpression expression, CronYears years, TimeZoneInfo zone, bool keepsBeat)
    {
        _expression = expression;
        _years = years;
        _zone = zone;
        _keepsBeat = keepsBeat;
    }

    /// <exception cref="FormatException">The text is wrong.</exception>
    public static CronTimes Parse(string text, TimeZoneInfo zone)
    {
        string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is < 5 or > 7)
        {
            throw new FormatException($"It has {fields.Length} fields; there are 5, 6 (seconds first) or 7 (seconds first, year last).");
        }

        bool hasSeconds = fields.Length > 5;
        CronExpression expression = CronExpression.Parse(
            string.Join(' ', fields.Take(6)), hasSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard);
        bool keepsBeat = fields.Take(hasSeconds ? 3 : 2).Any(static field => field.AsSpan().ContainsAny("*-/?"));
        return new CronTimes(expression, fields.Length == 7 ? CronYears.Parse(fields[6]) : CronYears.All, zone, keepsBeat);
    }

    /// <summary>The first time after the given one, or that one itself if asked; null if none follows.</summary>
    public DateTimeOffset? After(DateTimeOffset from, bool inclusive)
    {
        while (_expression.GetNextOccurrence(from, _zone, inclusive) is { } found)
        {
            if (!_years.Contain(found.Year))
            {
                if (_years.After(found.Year) is not { } year)
                {
                    return null;
                }

                DateTime first = new(year, 1, 1);
                DateTimeOffset begin = new(first, _zone.GetUtcOffset(first));
                inclusive = begin > found;
                from = inclusive ? begin : found;
            }
            else if (_keepsBeat && !Shows(found))
            {
                (from, inclusive) = (found, false);
            }
            else
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Whether the local time is one of the text's, and not the end of an hour that was skipped.</summary>
    private bool Shows(DateTimeOffset found)
    {
        DateTime local = DateTime.SpecifyKind(found.DateTime, DateTimeKind.Utc);
        return _expression.GetNextOccurrence(local, inclusive: true) == local;
    }
}
