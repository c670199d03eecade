namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What a job's own backoff function does when it is asked.</summary>
internal enum CustomBackoff
{
    /// <summary>There is none: the plan's minutes are a fixed backoff.</summary>
    None,

    /// <summary>Answers with the plan's minutes times the attempts made.</summary>
    Minutes,

    /// <summary>Answers that there is to be no further attempt.</summary>
    GivesUp,

    /// <summary>Answers with a time that is none.</summary>
    Negative,

    Throws,

    /// <summary>Cancels its own job before it answers with the minutes.</summary>
    Cancels,

    /// <summary>Takes a minute to answer with the minutes.</summary>
    Dawdles,

    /// <summary>Answers with the minutes when the story says so.</summary>
    Later,
}
