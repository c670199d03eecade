namespace Conveyor.Fast.Jobs;

/// <summary>What became of an attempt to start a job by its ticket.</summary>
internal enum BeginFate
{
    /// <summary>The caller owns the run.</summary>
    Started,

    /// <summary>The job is somewhere else by now: the ticket is skipped.</summary>
    Dead,

    /// <summary>The job is held: who lets go puts the ticket back.</summary>
    Held,
}
