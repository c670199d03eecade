namespace Conveyor.Fast;

/// <summary>Where a job is in its life.</summary>
public enum JobState : byte
{
    /// <summary>Not stored: never added, or removed.</summary>
    None = 0,

    /// <summary>A parent with children that have not settled.</summary>
    WaitingChildren,

    /// <summary>Not due yet.</summary>
    Delayed,

    /// <summary>Ready to run.</summary>
    Waiting,

    /// <summary>A handler runs.</summary>
    Active,

    /// <summary>Ended with a value.</summary>
    Completed,

    /// <summary>Ended for good without one.</summary>
    Failed,

    /// <summary>Ended by a cancel. For a parent's policy it counts as a failure.</summary>
    Canceled,
}
