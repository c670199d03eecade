using System.Runtime.InteropServices;
using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <summary>
/// Describes one job of a flow, and below it its children. A description, not a job: used twice it is two jobs.
/// </summary>
public sealed class FlowJob
{
    private IList<FlowJob>? _children;

    /// <summary>Describes a job.</summary>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="queueName">Its queue: 1 to 255 characters, no control characters.</param>
    /// <param name="data">The payload, handed over by reference; never copied or serialized.</param>
    /// <exception cref="ArgumentException">A name is null, empty or not allowed.</exception>
    public FlowJob(string name, string queueName, object? data = null)
    {
        Name = Check.JobName(name);
        QueueName = Check.QueueName(queueName);
        Data = data;
    }

    /// <summary>The job's name.</summary>
    public string Name { get; }

    /// <summary>The queue it goes to.</summary>
    public string QueueName { get; }

    /// <summary>The payload.</summary>
    public object? Data { get; }

    /// <summary>The job's options; null for the queue's defaults.</summary>
    public JobOptions? Options { get; init; }

    /// <summary>What must have ended before this job runs, in declared order. Empty for a leaf. Read when the flow is added.</summary>
    public IList<FlowJob> Children
    {
        get => _children ??= [];
        init => _children = value ?? throw new ArgumentNullException(nameof(Children), "A job without children has an empty list.");
    }

    internal bool HasChildren => _children is { Count: > 0 };

    internal ReadOnlySpan<FlowJob> ReadChildren() => _children switch
    {
        null => [],
        FlowJob[] array => array,
        List<FlowJob> list => CollectionsMarshal.AsSpan(list),
        IList<FlowJob> other => Copy(other),
    };

    private static FlowJob[] Copy(IList<FlowJob> list)
    {
        FlowJob[] copy = new FlowJob[list.Count];
        list.CopyTo(copy, 0);
        return copy;
    }
}
