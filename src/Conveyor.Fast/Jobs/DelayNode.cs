namespace Conveyor.Fast.Jobs;

/// <summary>A slot's place under the clock. Under the lock of <see cref="DelayWheel"/>.</summary>
internal struct DelayNode
{
    /// <summary>Not in a bucket but among what was opened.</summary>
    public const int Opened = -1;

    /// <summary>Taken out, about to fall due.</summary>
    public const int Taken = -2;

    /// <summary>A timestamp of the clock.</summary>
    public long Due;

    /// <summary>The ticket of the delay; 0 for a slot that is not under the clock.</summary>
    public long Ticket;

    /// <summary>The order in which jobs were delayed: which of two that are due at the same time comes first.</summary>
    public long Order;

    /// <summary>The next slot of the bucket or 0, or where the job is instead.</summary>
    public int Next;

    public int Previous;
}
