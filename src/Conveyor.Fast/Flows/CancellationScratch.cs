namespace Conveyor.Fast.Flows;

/// <summary>What one cancel works with, and what its caller carries out after it. Pooled, so that a cancel allocates nothing.</summary>
internal sealed class CancellationScratch
{
    private const int LargestKept = 4096;

    /// <summary>Jobs still to be looked at, the next one on top.</summary>
    public Stack<long> Open { get; } = new();

    /// <summary>Active jobs and their runs, whose tokens are to be fired.</summary>
    public List<(long Id, long Run)> ActiveRuns { get; } = [];

    /// <summary>Parents that became ready.</summary>
    public List<(long Ticket, long Word)> Ready { get; } = [];

    /// <summary>Whether it has not outgrown what is worth keeping.</summary>
    public bool IsSmall => Open.Capacity <= LargestKept && ActiveRuns.Capacity <= LargestKept && Ready.Capacity <= LargestKept;

    public void Clear()
    {
        Open.Clear();
        ActiveRuns.Clear();
        Ready.Clear();
    }
}
