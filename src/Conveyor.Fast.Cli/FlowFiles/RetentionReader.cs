using System.Text.Json;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads whether an ended job is removed: true, false, or how many of its kind are kept.</summary>
internal static class RetentionReader
{
    public static Retention Read(ref JsonCursor cursor)
    {
        cursor.Read();
        return cursor.Token switch
        {
            JsonTokenType.True => Retention.RemoveAtOnce,
            JsonTokenType.False => Retention.KeepAll,
            JsonTokenType.Number => cursor.WholeNumber(min: 0) is > 0 and int count ? Retention.KeepLast(count) : Retention.RemoveAtOnce,
            _ => throw cursor.WrongType("true, false or the number of jobs to keep"),
        };
    }
}
