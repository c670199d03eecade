namespace Conveyor.Fast;

/// <summary>What an event tells.</summary>
public enum JobEventType
{
    /// <summary>A job was added; its first state follows.</summary>
    Added,

    /// <summary>A plain add found its custom id in use and changed nothing; the job is the one that has it.</summary>
    Duplicated,

    /// <summary>A parent waits for its children.</summary>
    WaitingChildren,

    /// <summary>The job waits for a time.</summary>
    Delayed,

    /// <summary>The job is ready; <see cref="JobEvent.PreviousState"/> says from where.</summary>
    Waiting,

    /// <summary>A handler starts.</summary>
    Active,

    /// <summary>A run failed and another follows; the state it waits in comes next.</summary>
    Retrying,

    /// <summary>All attempts have failed; Failed follows.</summary>
    RetriesExhausted,

    /// <summary>The job ended with a value.</summary>
    Completed,

    /// <summary>The job ended for good without one.</summary>
    Failed,

    /// <summary>The job was canceled.</summary>
    Canceled,

    /// <summary>The job was removed, in whatever way; <see cref="JobEvent.PreviousState"/> says from where.</summary>
    Removed,

    /// <summary>A queue has nothing waiting and nothing active any more.</summary>
    Drained,

    /// <summary>A subscriber or a callback threw; <see cref="JobEvent.Error"/> is what.</summary>
    Error,

    /// <summary>An add found its deduplication key in use and created nothing; the job is the one that has it, <see cref="JobEvent.DroppedId"/> the one that was not created.</summary>
    Deduplicated,

    /// <summary>The job was taken from a run that its worker did not wait for, and waits again.</summary>
    Stalled,

    /// <summary>A queue was paused (<see cref="JobQueue.Pause"/>).</summary>
    Paused,

    /// <summary>A queue that was paused goes on.</summary>
    Resumed,

    /// <summary>Jobs of a queue were cleaned; <see cref="JobEvent.Count"/> says how many. Each was announced as removed before.</summary>
    Cleaned,
}
