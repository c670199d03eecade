using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>One job of a flow file. Filled by the reader, read-only for everybody else.</summary>
internal sealed class FlowFileNode(FlowFileNode? parent, int order)
{
    private List<FlowFileNode>? _children;

    public FlowFileNode? Parent { get; } = parent;

    /// <summary>Place in <see cref="FlowFile.Jobs"/>.</summary>
    public int Order { get; } = order;

    /// <summary>Place among its parent's children.</summary>
    public int Index { get; } = parent?.Children.Count ?? 0;

    /// <summary>1 for the root.</summary>
    public int Level { get; } = (parent?.Level ?? 0) + 1;

    public string Name { get; set; } = "";

    public string QueueName { get; set; } = "";

    /// <summary>The shell command, or null for a job that does nothing.</summary>
    public string? Command { get; set; }

    public JobValue Data { get; set; } = JobValue.Null;

    public JobOptions? Options { get; set; }

    /// <summary>How long each run of the command may take; null for any time.</summary>
    public TimeSpan? Timeout { get; set; }

    public int Attempts => Options?.Attempts ?? 1;

    public IReadOnlyList<FlowFileNode> Children => _children ?? (IReadOnlyList<FlowFileNode>)[];

    /// <summary>The fields the file has given so far, so that a second one is noticed.</summary>
    public FlowFileFields Given { get; set; }

    public void AddChild(FlowFileNode child) => (_children ??= []).Add(child);
}
