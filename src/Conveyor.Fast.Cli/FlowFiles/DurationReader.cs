using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads a time: a number of milliseconds, or text such as "5s".</summary>
internal static class DurationReader
{
    private const string Wanted = "a number of milliseconds or a duration such as '5s'";
    private const string TooLong = "is longer than 36,500 days";
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create("0123456789.");

    public static TimeSpan Read(ref JsonCursor cursor)
    {
        cursor.Read();
        return Current(ref cursor);
    }

    /// <summary>A time that may not be none.</summary>
    public static TimeSpan ReadAboveZero(ref JsonCursor cursor) =>
        Read(ref cursor) is { Ticks: > 0 } time ? time : throw cursor.Problem("must be above zero");

    /// <summary>The time at which the cursor stands already.</summary>
    public static TimeSpan Current(ref JsonCursor cursor)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Number:
                double milliseconds = cursor.Number();
                string digits = milliseconds.ToString("F4", CultureInfo.InvariantCulture);
                return milliseconds < 0 ? throw cursor.Problem($"must not be negative, but is {milliseconds}")
                    : Duration.TryParse(digits, out TimeSpan fromNumber) ? fromNumber
                    : throw cursor.Problem($"{TooLong}: {milliseconds}");
            case JsonTokenType.String:
                string text = cursor.Text();
                return Duration.TryParse(text, out TimeSpan fromText) ? fromText
                    : throw cursor.Problem(IsDurationButForItsLength(text) ? $"{TooLong}: {text}" : $"must be {Wanted}, but is '{text}'");
            default:
                throw cursor.WrongType(Wanted);
        }
    }

    /// <summary>Whether a text that is no duration would be one with zero for its number.</summary>
    private static bool IsDurationButForItsLength(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int end = trimmed.IndexOfAnyExcept(s_numberCharacters);
        ReadOnlySpan<char> number = end < 0 ? trimmed : trimmed[..end];
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            && Duration.TryParse($"0{trimmed[number.Length..]}", out _);
    }
}
