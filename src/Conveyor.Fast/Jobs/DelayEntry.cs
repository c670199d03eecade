namespace Conveyor.Fast.Jobs;

/// <summary>A job under the clock.</summary>
internal struct DelayEntry : IComparable<DelayEntry>
{
    public DueOrder Due;

    /// <summary>The ticket of the delay.</summary>
    public long Ticket;

    public readonly int CompareTo(DelayEntry other) => Due.CompareTo(other.Due);
}
