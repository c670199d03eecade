namespace Conveyor.Fast.Jobs;

/// <summary>How a life ended, copied before the slot can be given to another job. State None means removed.</summary>
internal readonly record struct JobOutcome(long Id, string QueueName, string Name, JobState State, object? Cell, long Bits, string? Reason)
{
    /// <summary>Whether a run of that life has started.</summary>
    public bool HasStarted { get; init; }
}
