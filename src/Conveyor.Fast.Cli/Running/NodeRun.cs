using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Cli.Running;

/// <summary>What has become of one job of the file. Changed by <see cref="NodeRuns"/> only, under its lock.</summary>
internal sealed class NodeRun
{
    private NodeRun _next;

    public NodeRun(FlowFileNode node)
    {
        Node = node;
        _next = this;
    }

    public FlowFileNode Node { get; }

    /// <summary>This one and those whose jobs are the same one by deduplication: what becomes of it becomes of each.</summary>
    public IEnumerable<NodeRun> Same
    {
        get
        {
            NodeRun run = this;
            do
            {
                yield return run;
                run = run._next;
            }
            while (run != this);
        }
    }

    /// <summary>Known once the flow has been added.</summary>
    public JobHandle Job { get; set; }

    public NodeRunState State { get; set; }

    public bool HasEnded => State > NodeRunState.Running;

    /// <summary>How often its command was started, or, without a command, how often it was its turn.</summary>
    public int Attempts { get; set; }

    /// <summary>When the latest attempt started, as a timestamp of the clock.</summary>
    public long StartedAt { get; set; }

    /// <summary>How long the latest attempt took; null while none has ended.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>Null unless the job completed.</summary>
    public JobValue? Value { get; set; }

    /// <summary>Why the job, or its latest attempt, ended badly.</summary>
    public string? Reason { get; set; }

    /// <summary>Makes one ring of two: <see cref="Same"/>.</summary>
    public void Join(NodeRun other) => (_next, other._next) = (other._next, _next);
}
