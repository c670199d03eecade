using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Cli.Running;

/// <summary>What a job hands to its parent: one JSON value, kept as the text it was written in.</summary>
internal sealed class JobValue(ReadOnlyMemory<byte> json)
{
    public static JobValue Null { get; } = new("null"u8.ToArray());

    /// <summary>Valid JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The output of a command: the value it is in JSON, or else its trimmed text.</summary>
    public static JobValue FromOutput(ReadOnlyMemory<byte> output)
    {
        if (!Utf8.IsValid(output.Span))
        {
            output = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(output.Span));
        }

        ReadOnlyMemory<byte> json = output.Trim(" \t\r\n"u8);
        return IsJson(json.Span) ? new JobValue(json) : FromText(Encoding.UTF8.GetString(output.Span).Trim());
    }

    /// <summary>The children's values as a JSON array.</summary>
    public static JobValue FromList(IReadOnlyCollection<JobValue> values)
    {
        byte[] json = new byte[2 + values.Sum(value => value.Json.Length + 1)];
        int length = 0;
        json[length++] = (byte)'[';
        foreach (JobValue value in values)
        {
            if (length > 1)
            {
                json[length++] = (byte)',';
            }

            value.Json.CopyTo(json.AsMemory(length));
            length += value.Json.Length;
        }

        json[length++] = (byte)']';
        return new JobValue(json.AsMemory(0, length));
    }

    /// <summary>For people and shells: text without quotes, anything else as JSON.</summary>
    public override string ToString()
    {
        if (Json.Span[0] == (byte)'"')
        {
            var reader = new Utf8JsonReader(Json.Span);
            reader.Read();
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // An escape that is half a character: it can be handed on as JSON, not as text.
            }
        }

        return Encoding.UTF8.GetString(Json.Span);
    }

    private static JobValue FromText(string text) =>
        new(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""));

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = FlowFileLimits.MaxJsonDepth });
        try
        {
            while (reader.Read())
            {
            }

            return !text.IsEmpty;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
