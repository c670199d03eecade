using System.Buffers;
using System.Globalization;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Durations as people write them: "250 ms", "5s", "1.5 hours". Blanks around and letter case do not matter.</summary>
internal static class DurationText
{
    public const int MaxDays = 10_000;

    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = trimmed.IndexOfAnyExcept(s_numberCharacters);
        if (digits < 0)
        {
            digits = trimmed.Length;
        }

        double unit = MillisecondsOf(trimmed[digits..].TrimStart());
        return unit > 0
            && double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && TryConvert(number * unit, out duration);
    }

    public static bool TryConvert(double milliseconds, out TimeSpan duration)
    {
        bool fits = milliseconds is >= 0 and <= MaxDays * 86_400_000d;
        duration = fits ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return fits;
    }

    /// <returns>0 for a word that is no unit.</returns>
    private static double MillisecondsOf(ReadOnlySpan<char> unit)
    {
        Span<char> lower = stackalloc char["milliseconds".Length];
        int length = unit.Length <= lower.Length ? unit.ToLowerInvariant(lower) : 0;
        return lower[..length] switch
        {
            "" when unit.Length > 0 => 0,
            "" or "ms" or "millisecond" or "milliseconds" => 1,
            "s" or "second" or "seconds" => 1_000,
            "m" or "minute" or "minutes" => 60_000,
            "h" or "hour" or "hours" => 3_600_000,
            "d" or "day" or "days" => 86_400_000,
            "w" or "week" or "weeks" => 604_800_000,
            _ => 0,
        };
    }
}
