using System.Text.Json;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads how long a failed job waits for its next attempt.</summary>
internal static class BackoffReader
{
    public static Backoff Read(ref JsonCursor cursor)
    {
        cursor.Read();
        return cursor.Token switch
        {
            JsonTokenType.Number or JsonTokenType.String => Backoff.Fixed(DurationReader.Current(ref cursor)),
            JsonTokenType.StartObject => ReadObject(ref cursor),
            _ => throw cursor.WrongType("a duration, or an object with type and delay"),
        };
    }

    private static Backoff ReadObject(ref JsonCursor cursor)
    {
        string? type = null;
        TimeSpan? delay = null;
        while (cursor.ReadProperty(out string name))
        {
            cursor.Field = $"opts.backoff.{name}";
            switch (name)
            {
                case "type" or "delay" when name == "type" ? type is not null : delay is not null:
                    throw cursor.Problem("is given twice");
                case "type":
                    type = ReadType(ref cursor);
                    break;
                case "delay":
                    delay = DurationReader.Read(ref cursor);
                    break;
                default:
                    throw cursor.Problem("unknown field, a backoff has type and delay");
            }
        }

        cursor.Field = "opts.backoff";
        if (delay is not { } first)
        {
            throw cursor.ProblemAt("opts.backoff.delay", "is missing");
        }

        return type switch
        {
            "fixed" => Backoff.Fixed(first),
            "exponential" => Backoff.Exponential(first),
            _ => throw cursor.ProblemAt("opts.backoff.type", "is missing"),
        };
    }

    private static string ReadType(ref JsonCursor cursor)
    {
        string type = cursor.ReadText();
        return type is "fixed" or "exponential" ? type : throw cursor.Problem($"must be 'fixed' or 'exponential', but is '{type}'");
    }
}
