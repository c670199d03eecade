namespace Conveyor.Fast;

/// <summary>How many jobs of a queue are in each state, as of one moment; exact while nothing runs.</summary>
/// <param name="WaitingChildren">Parents with children that have not settled.</param>
/// <param name="Delayed">Not due yet.</param>
/// <param name="Waiting">Ready to run.</param>
/// <param name="Active">Running.</param>
/// <param name="Completed">Completed and kept.</param>
/// <param name="Failed">Failed and kept.</param>
/// <param name="Canceled">Canceled and kept.</param>
public readonly record struct JobCounts(int WaitingChildren, int Delayed, int Waiting, int Active, int Completed, int Failed, int Canceled)
{
    /// <summary>All of them.</summary>
    public int Total => WaitingChildren + Delayed + Waiting + Active + Completed + Failed + Canceled;

    /// <summary>The count of one state; 0 for <see cref="JobState.None"/>.</summary>
    /// <param name="state">A state.</param>
    public int this[JobState state] => state switch
    {
        JobState.WaitingChildren => WaitingChildren,
        JobState.Delayed => Delayed,
        JobState.Waiting => Waiting,
        JobState.Active => Active,
        JobState.Completed => Completed,
        JobState.Failed => Failed,
        JobState.Canceled => Canceled,
        _ => 0,
    };
}
