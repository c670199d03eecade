namespace Conveyor.Fast.Jobs;

/// <summary>
/// What user code is to hear of one end, removal or promotion, captured before an end was recorded and told when no job of
/// the operation is left unrecorded.
/// </summary>
internal readonly struct Notice
{
    public Notice()
    {
    }

    public required long Id { get; init; }

    public required int Queue { get; init; }

    public required long Word { get; init; }

    /// <summary>Not 0 for a parent that became ready through an edge beside its child's record: it goes out from here.</summary>
    public long ReadyTicket { get; init; }

    public JobEvents? Worker { get; init; }

    public JobEvent[] Events { get; init; } = [];

    /// <summary>For those who wait; null if nobody does.</summary>
    public JobOutcome? Outcome { get; init; }
}
