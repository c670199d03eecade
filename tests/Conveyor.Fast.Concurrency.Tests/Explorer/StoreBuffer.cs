namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>
/// A thread's stores that others do not see yet, oldest first, as on x86. Memory itself holds the new value already; what
/// the others go on seeing is kept here, since a reference to a field outlives no call.
/// </summary>
internal sealed class StoreBuffer
{
    private readonly Queue<(nint Place, object? Seen)> _stores = new();

    public bool IsEmpty => _stores.Count == 0;

    public nint Oldest => _stores.Peek().Place;

    public void Add(nint place, object? seenByOthers) => _stores.Enqueue((place, seenByOthers));

    public nint Flush() => _stores.Dequeue().Place;

    /// <summary>What others see at a place while stores to it wait.</summary>
    public bool TryFind(nint place, out object? seenByOthers)
    {
        foreach ((nint stored, object? seen) in _stores)
        {
            if (stored == place)
            {
                seenByOthers = seen;
                return true;
            }
        }

        seenByOthers = null;
        return false;
    }
}
