using System.Globalization;

namespace Conveyor.Fast.Cli.Output;

/// <summary>Writes durations for people: <c>12 ms</c>, <c>3.4 s</c>, <c>2 min 5 s</c>.</summary>
internal static class DurationFormat
{
    public static string Of(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        _ => OfWholeSeconds(TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds))),
    };

    private static string OfWholeSeconds(TimeSpan duration) => duration.TotalHours < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes} min {duration.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours} h {duration.Minutes} min");
}
