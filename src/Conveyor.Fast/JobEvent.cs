using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>Something that has happened. For one job events come in order and never two at once.</summary>
public readonly struct JobEvent
{
    /// <summary>What has happened.</summary>
    public JobEventType Type { get; internal init; }

    /// <summary>The job; the default handle for what concerns a queue or the store.</summary>
    public JobHandle Job { get; internal init; }

    /// <summary>The queue's name; empty for the store.</summary>
    public string QueueName { get; internal init; }

    /// <summary>The job's name; empty if there is no job, or if the one that an add has found (Duplicated, Deduplicated) is gone by now.</summary>
    public string JobName { get; internal init; }

    /// <summary>The state the job came to; None if it was removed or has not changed.</summary>
    public JobState State { get; internal init; }

    /// <summary>The state it came from; None if it was added or has not changed.</summary>
    public JobState PreviousState { get; internal init; }

    /// <summary>When, by the store's clock.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Runs that have ended.</summary>
    public int AttemptsMade { get; internal init; }

    /// <summary>When the latest run started; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>A completed job's value. A struct is boxed each time it is read.</summary>
    public object? Value => ValueCell.Load(ValueCellOrNull, ValueBits);

    /// <summary>Why a job failed, is retried or was canceled.</summary>
    public string? Reason => ErrorCell is not null && Job.Store?.EngineOrNull is { } engine
        ? Failure.Describe(engine.Table, Word, ErrorCell, ValueBits)
        : Error?.Message;

    /// <summary>The exception behind it, if there was one.</summary>
    public Exception? Error => Failure.ErrorOf(ErrorCell);

    /// <summary>For a deduplicated add: the id that its job would have had; nothing is stored under it. Else null.</summary>
    public JobId? DroppedId { get; internal init; }

    /// <summary>For a cleaned queue: how many jobs were removed. Else 0.</summary>
    public int Count { get; internal init; }

    /// <summary>For an error event: whose code threw.</summary>
    public string? Context { get; internal init; }

    internal object? ValueCellOrNull { get; init; }

    internal long ValueBits { get; init; }

    internal object? ErrorCell { get; init; }

    internal long Word { get; init; }
}
