using System.Text.Json;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads how long an ended job is kept: true, false, how many of its kind, or an object with age and count.</summary>
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
            JsonTokenType.StartObject => ReadObject(ref cursor),
            _ => throw cursor.WrongType("true, false, the number of jobs to keep, or an object with age and count"),
        };
    }

    private static Retention ReadObject(ref JsonCursor cursor)
    {
        string field = cursor.Field;
        TimeSpan? age = null;
        int? count = null;
        while (cursor.ReadProperty(out string name))
        {
            cursor.Field = $"{field}.{name}";
            switch (name)
            {
                case "age" or "count" when name == "age" ? age is not null : count is not null:
                    throw cursor.Problem("is given twice");
                case "age":
                    age = DurationReader.ReadAboveZero(ref cursor);
                    break;
                case "count":
                    count = cursor.ReadWholeNumber(min: 0);
                    break;
                default:
                    throw cursor.Problem("unknown field, there are age and count");
            }
        }

        cursor.Field = field;
        return (count, age) switch
        {
            (null, null) => throw cursor.Problem("has neither age nor count"),
            (0, _) => Retention.RemoveAtOnce,
            ({ } most, null) => Retention.KeepLast(most),
            (null, { } time) => Retention.KeepFor(time),
            ({ } most, { } time) => Retention.KeepLast(most, time),
        };
    }
}
