using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>
/// A reader of JSON that knows in which job and field it is, and turns whatever is wrong into a <see cref="FlowFileException"/>.
/// </summary>
internal ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    public JsonCursor(ReadOnlySpan<byte> json)
    {
        _json = json;
        // One more than allowed, so that the limit is reported by this type and with a path.
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = FlowFileLimits.MaxJsonDepth + 1 });
    }

    /// <summary>The job that is being read; null outside the root.</summary>
    public FlowFileNode? Node { get; set; }

    /// <summary>The field of that job that is being read, such as <c>opts.backoff.delay</c>.</summary>
    public string Field { get; set; } = "";

    public readonly JsonTokenType Token => _reader.TokenType;

    public readonly int TokenStart => (int)_reader.TokenStartIndex;

    public readonly int Consumed => (int)_reader.BytesConsumed;

    /// <summary>Reads the next token.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool Read()
    {
        bool read;
        try
        {
            read = _reader.Read();
        }
        catch (JsonException exception)
        {
            throw NotJson(exception);
        }

        if (_reader.CurrentDepth >= FlowFileLimits.MaxJsonDepth)
        {
            throw Problem($"is nested more than {FlowFileLimits.MaxJsonDepth:N0} brackets deep");
        }

        return read;
    }

    /// <summary>Moves to the next property of the object that is being read.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool ReadProperty(out string name)
    {
        Read();
        name = Token == JsonTokenType.PropertyName ? Text() : "";
        return Token == JsonTokenType.PropertyName;
    }

    /// <summary>Goes from the first token of a value to its last.</summary>
    public void SkipValue()
    {
        int depth = _reader.CurrentDepth;
        if (Token is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            do
            {
                Read();
            }
            while (_reader.CurrentDepth > depth);
        }
    }

    public void ReadObject() => ReadToken(JsonTokenType.StartObject, "an object");

    public void ReadList() => ReadToken(JsonTokenType.StartArray, "a list");

    public string ReadText()
    {
        ReadToken(JsonTokenType.String, "text");
        return Text();
    }

    public bool ReadSwitch()
    {
        Read();
        return Token switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw WrongType("true or false"),
        };
    }

    public int ReadWholeNumber(int min = int.MinValue)
    {
        ReadToken(JsonTokenType.Number, "a whole number");
        return WholeNumber(min);
    }

    public readonly int WholeNumber(int min)
    {
        if (!_reader.TryGetInt32(out int number))
        {
            throw Problem(_reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0
                ? $"must be a whole number, but is {Raw()}"
                : $"must be a number from {min} to {int.MaxValue}, but is {Raw()}");
        }

        return number >= min ? number : throw Problem($"must be at least {min}, but is {number.ToString(CultureInfo.InvariantCulture)}");
    }

    public readonly double Number() => _reader.TryGetDouble(out double number) ? number : throw Problem($"is out of range: {Raw()}");

    public readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Problem("has an escape that is not a character");
        }
    }

    /// <summary>A problem of the job and field that are being read.</summary>
    public readonly FlowFileException Problem(string problem) => ProblemAt(Field, problem);

    public readonly FlowFileException ProblemAt(string field, string problem) =>
        new(NodePath.Short(Node, OneLine.Of(field)), OneLine.Of(problem), LineOfToken());

    public readonly FlowFileException WrongType(string wanted) => Problem($"must be {wanted}, but is {Kind()}");

    private void ReadToken(JsonTokenType token, string wanted)
    {
        Read();
        if (Token != token)
        {
            throw WrongType(wanted);
        }
    }

    private readonly string Raw() => OneLine.Of(Encoding.UTF8.GetString(_reader.ValueSpan), maxLength: 40);

    private readonly string Kind() => Token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    private readonly int LineOfToken() => _json[..TokenStart].Count((byte)'\n') + 1;

    private static FlowFileException NotJson(JsonException exception)
    {
        // The exception's own text ends with its position, which stands before the message here.
        string reason = exception.Message;
        int position = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        reason = OneLine.Of(position < 0 ? reason : reason[..position]);
        return new("", $"is not valid JSON: {reason} (column {exception.BytePositionInLine + 1})", (int?)(exception.LineNumber + 1));
    }
}
