using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// All other priorities, in one heap under a plain lock: by priority, the front before the line. A band that emptied
/// leaves nothing behind.
/// </summary>
/// <param name="lastPlace">The last place given out, for tests of what happens once they run out.</param>
internal sealed class RareBands(int lastPlace = 0)
{
    private readonly Lock _lock = new();
    private readonly TicketHeap _heap = new();
    private int _count;
    private int _best = int.MaxValue;
    private long _next;
    private int _lastInLine = lastPlace;
    private int _lastToFront = -lastPlace;

    public int Count => Atomic.Read(ref _count);

    /// <summary>The most urgent priority; meaningless when empty.</summary>
    public int Best => Atomic.Read(ref _best);

    public int Capacity => _heap.Capacity;

    /// <summary>The ticket that comes next, or 0; a hint, since it may be gone by now.</summary>
    public long Next => Atomic.Read(ref _next);

    public void Add(in ReadyTicket item)
    {
        lock (_lock)
        {
            _heap.Add(new HeapItem(item.Priority, NextPlaceLocked(item.ToFront), item.Ticket));
            SetCountLocked();
        }
    }

    /// <summary>Takes the first item if its priority is better than a limit.</summary>
    public bool TryTake(int limit, out ReadyTicket item)
    {
        lock (_lock)
        {
            bool taken = _heap.Count > 0 && _heap.First.Priority < limit;
            item = taken ? TakeAtLocked(0) : default;
            return taken;
        }
    }

    /// <summary>Takes the first item, also of the least urgent priority there is, which no limit is above.</summary>
    public bool TryTakeAny(out ReadyTicket item)
    {
        item = default;
        if (Count == 0)
        {
            return false;
        }

        lock (_lock)
        {
            bool taken = _heap.Count > 0;
            item = taken ? TakeAtLocked(0) : default;
            return taken;
        }
    }

    /// <summary>Takes the first item of the least urgent priority, if that is a limit or worse. Looks at all items: for the guard only.</summary>
    public bool TryTakeLast(int limit, out ReadyTicket item)
    {
        lock (_lock)
        {
            int last = _heap.FindLastBand(limit);
            item = last >= 0 ? TakeAtLocked(last) : default;
            return last >= 0;
        }
    }

    private ReadyTicket TakeAtLocked(int index)
    {
        HeapItem taken = _heap.TakeAt(index);
        SetCountLocked();
        return new ReadyTicket(taken.Ticket, taken.Priority, taken.Place < 0);
    }

    /// <summary>Front places count down from zero, line places count up: one order for both.</summary>
    private int NextPlaceLocked(bool toFront)
    {
        if (_lastInLine == int.MaxValue || _lastToFront == int.MinValue)
        {
            (_lastToFront, _lastInLine) = _heap.Renumber();
        }

        return toFront ? --_lastToFront : ++_lastInLine;
    }

    private void SetCountLocked()
    {
        HeapItem first = _heap.Count == 0 ? new HeapItem(int.MaxValue, 0, 0) : _heap.First;
        _best = first.Priority;
        _next = first.Ticket;

        // A full fence: the item stands before the writer looks for parked loops.
        Atomic.Exchange(ref _count, _heap.Count);
    }
}
