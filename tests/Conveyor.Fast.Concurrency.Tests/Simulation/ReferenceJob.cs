namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A job as the rules speak of it.</summary>
internal sealed class ReferenceJob(JobPlan plan, TimeSpan created)
{
    public JobPlan Plan => plan;

    public string Name => plan.Name;

    /// <summary>To its parents, in the order in which it came to have them.</summary>
    public List<ReferenceEdge> Parents { get; } = [];

    /// <summary>To its children, in declared order.</summary>
    public List<ReferenceEdge> Children { get; } = [];

    /// <summary>To the parent it was added under.</summary>
    public ReferenceEdge? FirstEdge { get; set; }

    public ReferenceJob? Parent => Parents.FirstOrDefault()?.Parent;

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

    /// <summary>Rule 12: it has completed or is gone, so nobody reads its children any more.</summary>
    public bool HasLetChildrenGo { get; set; }

    public bool IsLetGo => Parents.TrueForAll(static edge => edge.Parent.HasLetChildrenGo);

    public object? Value { get; set; }

    public string? Reason { get; set; }

    /// <summary>The text that a parent's reason carries on; null if a cancel gave none.</summary>
    public string? Origin { get; set; }

    public bool IsCancelRequested { get; set; }

    public string? CancelReason { get; set; }

    /// <summary>The run that has the job; null while it is not active.</summary>
    public ReferenceRun? Run { get; set; }

    /// <summary>The runs of this life, oldest first.</summary>
    public List<ReferenceAttempt> History { get; } = [];

    /// <summary>In this life.</summary>
    public int Stalls { get; set; }

    /// <summary>A handler has said so in this life.</summary>
    public bool IsDiscarded { get; set; }

    /// <summary>Runs that are out although the job was taken from them.</summary>
    public int StrayRuns { get; set; }

    public ReferenceWorker? Worker { get; set; }

    /// <summary>Rule 11: how long it is delayed once it is promoted. A retry by hand does not delay again.</summary>
    public TimeSpan OwnDelay { get; set; } = TimeSpan.FromMinutes(plan.Delay ?? 0);

    public TimeSpan Due { get; set; }

    /// <summary>Which of its places in line is good; one before it is dead.</summary>
    public long Place { get; set; }

    /// <summary>Counts its steps: whoever has waited for something looks whether it is still in the same stay.</summary>
    public int Stay { get; set; }

    /// <summary>Its latest end, as it is told.</summary>
    public ReferenceNews? End { get; set; }

    public bool IsBeingTold { get; set; }

    /// <summary>Operations under way that keep it from being promoted.</summary>
    public int Guards { get; set; }

    /// <summary>Everybody has heard of its end.</summary>
    public bool IsConcluded { get; set; }

    /// <summary>The end under which it is kept; null while it is not.</summary>
    public (ReferenceTrack Track, int End)? Filed { get; set; }

    /// <summary>Its latest run has ended, if one is under way.</summary>
    public void EndAttempt(JobAttemptOutcome outcome, string? reason, TimeSpan now)
    {
        if (History is [.., { Outcome: JobAttemptOutcome.Running } last])
        {
            History[^1] = last with { Outcome = outcome, Reason = reason, Ended = now };
        }
    }

    public bool IsEnded => State is JobState.Completed or JobState.Failed or JobState.Canceled;

    public bool IsUnfinished => IsStored && !IsEnded;

    public JobState VisibleState => IsStored ? State : JobState.None;
}
