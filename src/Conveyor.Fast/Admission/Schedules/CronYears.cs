using System.Globalization;

namespace Conveyor.Fast.Admission;

/// <summary>A cron text's seventh field: years from 1970 to 2099 as a star, numbers, ranges and steps, separated by commas.</summary>
internal sealed class CronYears
{
    /// <summary>What a text without the field has: no bound.</summary>
    public static readonly CronYears All = new(null);

    private const int First = 1970;
    private const int Last = 2099;
    private readonly SortedSet<int>? _years;

    private CronYears(SortedSet<int>? years) => _years = years;

    public static CronYears Parse(string field)
    {
        if (field is "*" or "?")
        {
            return All;
        }

        SortedSet<int> years = [];
        foreach (string part in field.Split(','))
        {
            string[] range = part.Split('/');
            string[] bounds = range[0].Split('-');
            int step = range.Length == 2 ? Number(range[1], 1, Last, field) : 1;
            int from = bounds[0] == "*" ? First : Number(bounds[0], First, Last, field);
            int to = bounds.Length == 2 ? Number(bounds[1], from, Last, field) : bounds[0] == "*" || range.Length == 2 ? Last : from;
            if (range.Length > 2 || bounds.Length > 2 || (bounds.Length == 2 && bounds[0] == "*"))
            {
                throw Wrong(field);
            }

            for (int year = from; year <= to; year += step)
            {
                years.Add(year);
            }
        }

        return new CronYears(years);
    }

    public bool Contain(int year) => _years is null || _years.Contains(year);

    /// <summary>The first of the years after a given one; null if none follows.</summary>
    public int? After(int year) => _years is null || year >= Last
        ? null
        : _years.GetViewBetween(year + 1, Last) is { Count: > 0 } later ? later.Min : null;

    private static int Number(string text, int least, int most, string field) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Wrong(field);

    private static FormatException Wrong(string field) =>
        new($"Years: '{field}' is not a list of years from {First} to {Last}, ranges and steps of them.");
}
