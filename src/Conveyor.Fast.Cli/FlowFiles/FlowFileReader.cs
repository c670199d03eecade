using System.Runtime.InteropServices;
using System.Text.Json;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>
/// Reads and checks a flow file. Walks with a loop, never by recursion: how deep a file is must not depend on the stack.
/// </summary>
internal sealed class FlowFileReader
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly List<FlowFileNode> _jobs = [];
    private readonly Dictionary<string, int> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Queue, string Id), FlowFileNode> _ids = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _levels;

    private FlowFileReader(ReadOnlyMemory<byte> json) => _json = json;

    /// <param name="json">UTF-8 without a byte order mark. The payloads are slices of it, so it must not change.</param>
    /// <exception cref="FlowFileException">The text is no flow file.</exception>
    public static FlowFile Read(ReadOnlyMemory<byte> json) => new FlowFileReader(json).ReadFlow();

    private FlowFile ReadFlow()
    {
        if (_json.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new FlowFileException("", "is empty");
        }

        var cursor = new JsonCursor(_json.Span);
        cursor.Read();
        FlowFileNode? open = BeginJob(ref cursor, parent: null);
        while (open is not null)
        {
            // Each round reads one field of the innermost open job, or closes that job.
            open = cursor.ReadProperty(out string field) ? ReadField(ref cursor, open, field) : EndJob(ref cursor, open);
        }

        // Complains by itself when something follows the root.
        cursor.Read();
        return new FlowFile(_jobs, _queues, _levels);
    }

    private FlowFileNode BeginJob(ref JsonCursor cursor, FlowFileNode? parent)
    {
        var job = new FlowFileNode(parent, _jobs.Count);
        cursor.Node = job;
        cursor.Field = "";
        if (cursor.Token != JsonTokenType.StartObject)
        {
            throw cursor.WrongType("an object, a job with name and queueName");
        }

        if (job.Level > FlowFileLimits.MaxLevels)
        {
            throw cursor.Problem($"is on level {job.Level:N0}, but a flow file has at most {FlowFileLimits.MaxLevels:N0} levels");
        }

        if (_jobs.Count == FlowFileLimits.MaxJobs)
        {
            throw cursor.Problem($"is one too many, a flow file has at most {FlowFileLimits.MaxJobs:N0} jobs");
        }

        parent?.AddChild(job);
        _jobs.Add(job);
        _levels = Math.Max(_levels, job.Level);
        return job;
    }

    /// <returns>The job whose fields come next: this one, or its first child.</returns>
    private FlowFileNode ReadField(ref JsonCursor cursor, FlowFileNode job, string name)
    {
        FlowFileFields field = name switch
        {
            "name" => FlowFileFields.Name,
            "queueName" => FlowFileFields.QueueName,
            "data" => FlowFileFields.Data,
            "opts" => FlowFileFields.Options,
            "children" => FlowFileFields.Children,
            _ => throw cursor.ProblemAt(name, "unknown field, a job has name, queueName, data, opts and children"),
        };
        cursor.Field = name;
        if ((job.Given & field) != 0)
        {
            throw cursor.Problem("is given twice");
        }

        job.Given |= field;
        switch (field)
        {
            case FlowFileFields.Name:
                job.Name = Shared(ReadName(ref cursor));
                break;
            case FlowFileFields.QueueName:
                job.QueueName = Shared(ReadId(ref cursor));
                break;
            case FlowFileFields.Data:
                ReadData(ref cursor, job);
                break;
            case FlowFileFields.Options:
                job.Options = ReadOptions(ref cursor, job);
                break;
            case FlowFileFields.Children:
                cursor.ReadList();
                return NextChild(ref cursor, job);
        }

        cursor.Field = "";
        return job;
    }

    /// <returns>The parent's next child, or the parent after its last child.</returns>
    private FlowFileNode NextChild(ref JsonCursor cursor, FlowFileNode parent)
    {
        cursor.Read();
        if (cursor.Token != JsonTokenType.EndArray)
        {
            return BeginJob(ref cursor, parent);
        }

        cursor.Node = parent;
        cursor.Field = "";
        return parent;
    }

    /// <returns>The job whose fields come next, or null when the root has ended.</returns>
    private FlowFileNode? EndJob(ref JsonCursor cursor, FlowFileNode job)
    {
        if ((job.Given & FlowFileFields.Name) == 0)
        {
            throw cursor.ProblemAt("name", "is missing");
        }

        if ((job.Given & FlowFileFields.QueueName) == 0)
        {
            throw cursor.ProblemAt("queueName", "is missing");
        }

        // Only now, as the fields of a job come in any order.
        if (job.Options?.CustomId is { } id && !_ids.TryAdd((job.QueueName, id), job))
        {
            string first = NodePath.Short(_ids[(job.QueueName, id)]);
            throw cursor.ProblemAt("opts.jobId", $"'{id}' is already the id of {(first.Length == 0 ? "the root" : first)} in queue '{job.QueueName}'");
        }

        if (job.Options?.Deduplication is not null && job.Children.Count > 0)
        {
            throw cursor.ProblemAt("opts.deduplication", "does not go with children");
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_queues, job.QueueName, out _)++;
        if (_queues.Count > FlowFileLimits.MaxQueues)
        {
            throw cursor.ProblemAt("queueName", $"is one queue too many, a flow file has at most {FlowFileLimits.MaxQueues:N0}");
        }

        return job.Parent is null ? null : NextChild(ref cursor, job.Parent);
    }

    private static JobOptions ReadOptions(ref JsonCursor cursor, FlowFileNode job)
    {
        try
        {
            return JobOptionsReader.Read(ref cursor, job);
        }
        catch (ArgumentException exception)
        {
            // The engine has bounds of its own, and says which.
            throw cursor.Problem(exception.Message);
        }
    }

    private void ReadData(ref JsonCursor cursor, FlowFileNode job)
    {
        cursor.Read();
        int start = cursor.TokenStart;
        if (cursor.Token == JsonTokenType.StartObject)
        {
            ReadPayloadFields(ref cursor, job);
        }
        else
        {
            cursor.SkipValue();
        }

        job.Data = new JobValue(_json[start..cursor.Consumed]);
    }

    private static void ReadPayloadFields(ref JsonCursor cursor, FlowFileNode job)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (cursor.ReadProperty(out string name))
        {
            cursor.Field = $"data.{name}";
            if (!names.Add(name))
            {
                throw cursor.Problem("is given twice");
            }

            if (name == "run")
            {
                job.Command = ReadCommand(ref cursor);
            }
            else
            {
                cursor.Read();
                cursor.SkipValue();
            }
        }
    }

    private static string ReadCommand(ref JsonCursor cursor)
    {
        string command = cursor.ReadText();
        return string.IsNullOrWhiteSpace(command) ? throw cursor.Problem("must be a shell command, but is empty")
            : command.Contains('\0', StringComparison.Ordinal) ? throw cursor.Problem("must not contain the character U+0000")
            : command;
    }

    /// <summary>One object for equal names: a file repeats them, and the engine recognizes an object faster than a text.</summary>
    private string Shared(string name)
    {
        if (_names.TryGetValue(name, out string? known))
        {
            return known;
        }

        _names.Add(name);
        return name;
    }

    private static string ReadName(ref JsonCursor cursor)
    {
        string name = cursor.ReadText();
        return name.Length > 0 ? name : throw cursor.Problem("must not be empty");
    }

    /// <summary>Reads the name of a queue, a custom id or the id of a deduplication.</summary>
    internal static string ReadId(ref JsonCursor cursor)
    {
        string id = cursor.ReadText();
        return id.Length is 0 or > FlowFileLimits.MaxIdLength ? throw cursor.Problem($"must have 1 to {FlowFileLimits.MaxIdLength} characters, but has {id.Length}")
            : id.Any(char.IsControl) ? throw cursor.Problem("must not contain control characters")
            : id;
    }
}
