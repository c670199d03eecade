namespace Conveyor.Fast.Execution;

/// <summary>What became of an attempt to take a job away from its run.</summary>
internal enum TakenFate
{
    /// <summary>Nothing: the run has ended, is about to, or was taken before.</summary>
    None,

    /// <summary>The attempt has failed; the job stays with the run until its handler has returned.</summary>
    Overdue,

    /// <summary>The job has ended.</summary>
    Ended,

    /// <summary>The job waits again.</summary>
    SentBack,
}
