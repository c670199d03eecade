namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>
/// A thread's stores that others do not see yet, oldest first, as on x86. Memory itself holds the new value already; what
/// the others go on seeing is kept here, since a reference to a field outlives no call.
/// </summary>
internal sealed class StoreBuffer
{
    private readonly Queue<BufferedStore> _stores = new();

    public bool IsEmpty => _stores.Count == 0;

    public BufferedStore Oldest => _stores.Peek();

    public void Add(BufferedStore store) => _stores.Enqueue(store);

    public BufferedStore Flush() => _stores.Dequeue();

    public bool Overlaps(in Step step)
    {
        foreach (BufferedStore store in _stores)
        {
            if (store.Overlaps(step))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some store covers a part of what is read, or more than that.</summary>
    public bool OverlapsPartly(in Step step)
    {
        foreach (BufferedStore store in _stores)
        {
            if (store.Overlaps(step) && !store.IsAt(step))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What others see at a place while stores to it wait.</summary>
    public bool TryFind(in Step step, out object? seenByOthers)
    {
        foreach (BufferedStore store in _stores)
        {
            if (store.IsAt(step))
            {
                seenByOthers = store.SeenByOthers;
                return true;
            }
        }

        seenByOthers = null;
        return false;
    }
}
