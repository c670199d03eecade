using System.Globalization;
using Conveyor.Fast.Admission;

namespace Conveyor.Fast.Tests.Admission.Schedules;

/// <summary>New York skips the hour from 02:00 on 2026-03-08 and has the one from 01:00 twice on 2026-11-01.</summary>
public class CronTimesTests
{
    private static readonly TimeZoneInfo s_newYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    [Theory]
    [InlineData("30 2 * * *", "03-07 12:00", "03-08 03:00 -04", "03-09 02:30 -04")]
    [InlineData("15,45 2 * * *", "03-07 12:00", "03-08 03:00 -04", "03-09 02:15 -04")]
    [InlineData("0 1,2,3 * * *", "03-08 05:30", "03-08 01:00 -05", "03-08 03:00 -04", "03-09 01:00 -04")]
    [InlineData("30 1 * * *", "10-31 12:00", "11-01 01:30 -04", "11-02 01:30 -05")]
    [InlineData("0,30 1 * * *", "10-31 12:00", "11-01 01:00 -04", "11-01 01:30 -04", "11-02 01:00 -05")]
    [Trait("Behaviour", "REP-38")]
    public void After_WithFixedHours_GivesEachLocalTimeOnce(string cron, string from, params string[] expected) =>
        Assert.Equal(expected, Times(cron, from, expected.Length));

    [Theory]
    [InlineData("*/30 * * * *", "03-08 06:15", "03-08 01:30 -05", "03-08 03:00 -04", "03-08 03:30 -04")]
    [InlineData("15 * * * *", "03-08 06:00", "03-08 01:15 -05", "03-08 03:15 -04", "03-08 04:15 -04")]
    [InlineData("7-59/20 * * * *", "03-08 06:40", "03-08 01:47 -05", "03-08 03:07 -04", "03-08 03:27 -04")]
    [InlineData("15 1-3 * * *", "03-08 06:00", "03-08 01:15 -05", "03-08 03:15 -04", "03-09 01:15 -04")]
    [InlineData("*/30 * * * *", "11-01 05:15", "11-01 01:30 -04", "11-01 01:00 -05", "11-01 01:30 -05", "11-01 02:00 -05")]
    [InlineData("15 * * * *", "11-01 05:00", "11-01 01:15 -04", "11-01 01:15 -05", "11-01 02:15 -05")]
    [Trait("Behaviour", "REP-38")]
    public void After_WithAStarRangeOrStep_KeepsTheBeat(string cron, string from, params string[] expected) =>
        Assert.Equal(expected, Times(cron, from, expected.Length));

    [Theory]
    [InlineData("*", new[] { 2026, 2027, 2028 })]
    [InlineData("?", new[] { 2026, 2027, 2028 })]
    [InlineData("2027", new[] { 2027 })]
    [InlineData("2020-2028", new[] { 2026, 2027, 2028 })]
    [InlineData("2001/13", new[] { 2027, 2040, 2053, 2066, 2079, 2092 })]
    [InlineData("2098,2030-2034/2", new[] { 2030, 2032, 2034, 2098 })]
    [InlineData("*/43", new[] { 2056, 2099 })]
    public void After_WithYears_GivesOnlyThose(string years, int[] expected)
    {
        CronTimes times = CronTimes.Parse($"0 0 12 25 12 ? {years}", s_newYork);
        DateTimeOffset at = ScheduleScene.Begin;
        List<int> found = [];
        while (found.Count < Math.Max(3, expected.Length) && times.After(at, inclusive: false) is { } next)
        {
            found.Add(next.Year);
            at = next;
        }

        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("1969")]
    [InlineData("2100")]
    [InlineData("2030-2020")]
    [InlineData("2030/0")]
    [InlineData("2030/2/2")]
    [InlineData("2030-2031-2032")]
    [InlineData("*-2030")]
    [InlineData("2030,")]
    [InlineData("-2030")]
    [InlineData("MMXX")]
    public void Parse_WrongYears_IsRefused(string years) =>
        Assert.Throws<FormatException>(() => CronTimes.Parse($"0 0 0 1 1 * {years}", TimeZoneInfo.Utc));

    private static string[] Times(string cron, string from, int count)
    {
        CronTimes times = CronTimes.Parse(cron, s_newYork);
        DateTimeOffset at = DateTimeOffset.Parse($"2026-{from}Z", CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, count).Select(_ => (at = times.After(at, inclusive: false)!.Value).ToString("MM-dd HH:mm zz", CultureInfo.InvariantCulture))];
    }
}
