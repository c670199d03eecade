using System.Globalization;
using System.Text.Json;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads a time: a number of milliseconds, or text such as "5s".</summary>
internal static class DurationReader
{
    private const string Wanted = "a number of milliseconds or a duration such as '5s'";

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
                    : throw cursor.Problem($"is longer than 36,500 days: {milliseconds}");
            case JsonTokenType.String:
                string text = cursor.Text();
                return Duration.TryParse(text, out TimeSpan fromText) ? fromText : throw cursor.Problem($"must be {Wanted}, but is '{text}'");
            default:
                throw cursor.WrongType(Wanted);
        }
    }
}
