namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Rule 13: that a parent waits for a job, and reads it afterwards. Two of them may join the same two.</summary>
internal sealed class ReferenceEdge(ReferenceJob parent, ReferenceJob child, bool isOwn)
{
    public ReferenceJob Parent => parent;

    public ReferenceJob Child => child;

    /// <summary>Whether the parent's own flow created the job.</summary>
    public bool IsOwn => isOwn;

    /// <summary>Whether the parent still counts on it.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Whether the child, which is of another flow, is not told to count for the parent yet.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>Rule 12: removed is hidden from look-ups, not from its parent.</summary>
    public JobState State => child.IsStored || (child.IsEnded && !parent.HasLetChildrenGo) ? child.State : JobState.None;
}
