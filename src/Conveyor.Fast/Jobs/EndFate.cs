namespace Conveyor.Fast.Jobs;

/// <summary>What became of an attempt to end a run.</summary>
internal enum EndFate
{
    /// <summary>The caller's step won and owns what follows.</summary>
    Won,

    /// <summary>A cancel request was accepted before: the run can only end Canceled.</summary>
    CancelWins,

    /// <summary>The run is not the job's run any more: nothing was changed.</summary>
    Stale,
}
