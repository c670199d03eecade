using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Conveyor.Fast;

/// <summary>
/// Reads durations as people write them: <c>250</c> (milliseconds), <c>5s</c>, <c>1.5 hours</c>. The units are ms, s, m, h,
/// d and w, and millisecond, second, minute, hour, day and week, also in the plural. Blanks around number and unit and
/// letter case do not matter, and the culture never does. What is read can be a delay: zero to 36,500 days.
/// </summary>
public static class Duration
{
    /// <summary>The longest time that a job waits or runs for; timestamps of a nanosecond last for 106,751 days.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="ArgumentNullException">There is no text.</exception>
    /// <exception cref="FormatException">The text is no duration, or too long a one.</exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan());
    }

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="FormatException">The text is no duration, or too long a one.</exception>
    public static TimeSpan Parse(ReadOnlySpan<char> text) => TryParse(text, out TimeSpan duration)
        ? duration
        : throw new FormatException($"'{text}' is not a duration: milliseconds such as '250', or a number and a unit such as '5s' or '1.5 hours', up to {Longest.Days} days.");

    /// <summary>Reads a duration, if the text is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="duration">The duration, or zero.</param>
    /// <returns>False if the text is no duration, or too long a one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration) => TryParse(text.AsSpan(), out duration);

    /// <summary>Reads a duration, if the text is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="duration">The duration, or zero.</param>
    /// <returns>False if the text is no duration, or too long a one.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        ReadOnlySpan<char> trimmed = text.Trim();
        int digits = trimmed.IndexOfAnyExcept(s_numberCharacters);
        if (digits < 0)
        {
            digits = trimmed.Length;
        }

        double unit = MillisecondsOf(trimmed[digits..].TrimStart());
        bool isNumber = double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        bool fits = unit > 0 && isNumber && number * unit <= Longest.TotalMilliseconds;
        duration = fits ? TimeSpan.FromMilliseconds(number * unit) : TimeSpan.Zero;
        return fits;
    }

    /// <returns>0 for a word that is no unit.</returns>
    private static double MillisecondsOf(ReadOnlySpan<char> unit)
    {
        Span<char> lower = stackalloc char["milliseconds".Length];
        int length = unit.ToLowerInvariant(lower); // -1 for what is longer than any unit.
        return length < 0 ? 0 : lower[..length] switch
        {
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
