namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A job as the rules speak of it.</summary>
internal sealed class ReferenceJob(JobPlan plan, ReferenceJob? parent, TimeSpan created)
{
    public JobPlan Plan => plan;

    public string Name => plan.Name;

    public ReferenceJob? Parent => parent;

    public List<ReferenceJob> Children { get; } = [];

    public TimeSpan Created => created;

    public TimeSpan? Started { get; set; }

    public TimeSpan? Ended { get; set; }

    public JobState State { get; set; }

    public int Priority { get; set; } = plan.Priority ?? 0;

    /// <summary>Found by look-ups: neither removed nor evicted.</summary>
    public bool IsStored { get; set; } = true;

    public int AttemptsMade { get; set; }

    /// <summary>Runs over all lives.</summary>
    public int Runs { get; set; }

    /// <summary>Whether its parent still counts on it.</summary>
    public bool IsEdgeOpen { get; set; } = parent is not null;

    /// <summary>Rule 12: it has completed or is gone, so nobody reads its children any more.</summary>
    public bool HasLetChildrenGo { get; set; }

    public bool IsLetGo => parent is null || parent.HasLetChildrenGo;

    public object? Value { get; set; }

    public string? Reason { get; set; }

    /// <summary>The text that a parent's reason carries on; null if a cancel gave none.</summary>
    public string? Origin { get; set; }

    public bool IsCancelRequested { get; set; }

    public string? CancelReason { get; set; }

    public bool IsSuspended { get; set; }

    public ReferenceWorker? Worker { get; set; }

    public TimeSpan Due { get; set; }

    /// <summary>Which of its places in line is good; one before it is dead.</summary>
    public long Place { get; set; }

    /// <summary>Everybody has heard of its end.</summary>
    public bool IsConcluded { get; set; }

    /// <summary>The end under which it is kept; null while it is not.</summary>
    public (ReferenceTrack Track, int End)? Filed { get; set; }

    public bool IsEnded => State is JobState.Completed or JobState.Failed or JobState.Canceled;

    public bool IsUnfinished => IsStored && !IsEnded;

    public JobState VisibleState => IsStored ? State : JobState.None;

    /// <summary>Rule 12: removed is hidden from look-ups, not from its parent.</summary>
    public JobState StateForParent => IsStored || (IsEnded && !IsLetGo) ? State : JobState.None;

    public RunPlan CurrentRun => plan.Run(Runs - 1);
}
