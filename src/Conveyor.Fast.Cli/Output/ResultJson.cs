using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Output;

/// <summary>
/// Writes the whole result as one JSON object. The jobs are a list with paths, not a tree: many programs refuse JSON that is
/// nested as deep as a flow may be.
/// </summary>
internal sealed class ResultJson : IDisposable
{
    private const int ChunkBytes = 65_536;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly TextWriter _output;
    private readonly Utf8JsonWriter _json;

    private ResultJson(TextWriter output)
    {
        _output = output;

        // Readable characters stay as they are: the object is not meant for a web page.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public static void Write(TextWriter output, NodeRuns runs, TimeSpan elapsed, bool interrupted)
    {
        using (var result = new ResultJson(output))
        {
            result.WriteResult(runs, elapsed, interrupted);
            result.Flush();
        }

        output.WriteLine();
    }

    public void Dispose() => _json.Dispose();

    private void WriteResult(NodeRuns runs, TimeSpan elapsed, bool interrupted)
    {
        _json.WriteStartObject();
        _json.WriteString("state", StateWords.Of(runs.Root.State));
        WriteEnd(runs.Root);
        _json.WriteBoolean("interrupted", interrupted);
        WriteDuration(elapsed);
        _json.WriteStartObject("counts");
        foreach (NodeRunState state in Enum.GetValues<NodeRunState>().Where(state => state > NodeRunState.Running))
        {
            _json.WriteNumber(StateWords.Of(state), runs.Count(state));
        }

        _json.WriteEndObject();
        _json.WriteStartArray("jobs");
        foreach (NodeRun run in runs.All)
        {
            WriteJob(run);
            if (_json.BytesPending + _buffer.WrittenCount > ChunkBytes)
            {
                Flush();
            }
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void WriteJob(NodeRun run)
    {
        _json.WriteStartObject();
        _json.WriteString("path", NodePath.Of(run.Node));
        _json.WriteString("name", run.Node.Name);
        _json.WriteString("queueName", run.Node.QueueName);
        _json.WriteString("state", StateWords.Of(run.State));
        _json.WriteNumber("attempts", run.Attempts);
        if (run.Duration is { } duration)
        {
            WriteDuration(duration);
        }

        WriteEnd(run);
        _json.WriteEndObject();
    }

    private void WriteEnd(NodeRun run)
    {
        if (run.State == NodeRunState.Completed && run.Value is { } value)
        {
            _json.WritePropertyName("value");
            _json.WriteRawValue(value.Json.Span, skipInputValidation: true);
        }
        else if (run.Reason is { } reason)
        {
            _json.WriteString("reason", reason);
        }
    }

    private void WriteDuration(TimeSpan duration) => _json.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));

    private void Flush()
    {
        // The writer hands over whole tokens, so no character is cut in two.
        _json.Flush();
        _output.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.Clear();
    }
}
