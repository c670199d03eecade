namespace Conveyor.Fast;

/// <summary>How one run of a job ended.</summary>
public enum JobAttemptOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>The handler returned, and the job has completed.</summary>
    Completed,

    /// <summary>The handler threw, or the job was failed by hand.</summary>
    Failed,

    /// <summary>It took longer than its time limit.</summary>
    TimedOut,

    /// <summary>The job was canceled while it ran.</summary>
    Canceled,

    /// <summary>Its worker was closed and did not wait any longer.</summary>
    Stalled,

    /// <summary>The handler sent the job back to wait (<see cref="Job.MoveToWaiting"/>, <see cref="Job.MoveToDelayed"/>).</summary>
    Moved,
}
