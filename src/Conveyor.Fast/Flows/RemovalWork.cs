namespace Conveyor.Fast.Flows;

/// <summary>What one removal works with, and what its caller carries out after it.</summary>
internal sealed class RemovalWork
{
    /// <summary>Jobs that are kept from starting until all of them are there.</summary>
    public List<long> Held { get; } = [];

    /// <summary>Those of them that may be met again, under another parent.</summary>
    public HashSet<long> HeldWithKey { get; } = [];

    public List<RemovedJob> Removed { get; } = [];

    /// <summary>Parents that became ready.</summary>
    public List<(long Ticket, long Word)> Ready { get; } = [];

    /// <summary>Tickets that were given up because of a hold which came to nothing; they belong in front, in this order.</summary>
    public List<long> PutBack { get; } = [];

    /// <summary>The running job because of which nothing was removed, or 0.</summary>
    public long ActiveId { get; set; }
}
