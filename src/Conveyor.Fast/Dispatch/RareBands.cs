using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// All other priorities, in one heap under a plain lock: by priority, the front before the line. A band that emptied
/// leaves nothing behind.
/// </summary>
internal sealed class RareBands
{
    private const int Arity = 4;
    private const int SmallestKept = 1024;
    private readonly Lock _lock = new();
    private Item[] _heap = [];
    private int _count;
    private int _best = int.MaxValue;
    private long _lastInLine;
    private long _lastToFront;

    public int Count => Atomic.Read(ref _count);

    /// <summary>The most urgent priority; meaningless when empty.</summary>
    public int Best => Atomic.Read(ref _best);

    public int Capacity => _heap.Length;

    public void Add(in ReadyTicket item)
    {
        lock (_lock)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, Math.Max(16, _count * 2));
            }

            // Front places count down from zero, line places count up: one order for both.
            long place = item.ToFront ? --_lastToFront : ++_lastInLine;
            SiftUpLocked(_count, new Item(item.Priority, place, item.Ticket));
            SetCountLocked(_count + 1);
        }
    }

    /// <summary>Takes the first item if its priority is better than a limit.</summary>
    public bool TryTake(int limit, out ReadyTicket item)
    {
        lock (_lock)
        {
            bool taken = _count > 0 && _heap[0].Priority < limit;
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
            bool taken = _count > 0;
            item = taken ? TakeAtLocked(0) : default;
            return taken;
        }
    }

    /// <summary>Takes the first item of the least urgent priority, if that is a limit or worse. Looks at all items: for the guard only.</summary>
    public bool TryTakeLast(int limit, out ReadyTicket item)
    {
        lock (_lock)
        {
            int last = -1;
            for (int i = 0; i < _count; i++)
            {
                if (_heap[i].Priority >= limit && (last < 0 || _heap[i].Priority > _heap[last].Priority
                    || (_heap[i].Priority == _heap[last].Priority && _heap[i].Place < _heap[last].Place)))
                {
                    last = i;
                }
            }

            item = last >= 0 ? TakeAtLocked(last) : default;
            return last >= 0;
        }
    }

    private ReadyTicket TakeAtLocked(int index)
    {
        Item taken = _heap[index];
        Item last = _heap[_count - 1];
        _heap[_count - 1] = default;
        if (index < _count - 1)
        {
            SiftDownLocked(index, last, _count - 1);
            SiftUpLocked(index, _heap[index]);
        }

        SetCountLocked(_count - 1);
        if (_heap.Length > SmallestKept && _count < _heap.Length / 4)
        {
            Array.Resize(ref _heap, _heap.Length / 2);
        }

        return new ReadyTicket(taken.Ticket, taken.Priority, taken.Place < 0);
    }

    private void SetCountLocked(int count)
    {
        _best = count == 0 ? int.MaxValue : _heap[0].Priority;

        // A full fence: the item stands before the writer looks for parked loops.
        Atomic.Exchange(ref _count, count);
    }

    private void SiftUpLocked(int index, Item item)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (!item.IsBefore(_heap[parent]))
            {
                break;
            }

            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = item;
    }

    private void SiftDownLocked(int index, Item item, int count)
    {
        while (true)
        {
            int first = index * Arity + 1;
            if (first >= count)
            {
                break;
            }

            int best = first;
            int end = Math.Min(first + Arity, count);
            for (int child = first + 1; child < end; child++)
            {
                if (_heap[child].IsBefore(_heap[best]))
                {
                    best = child;
                }
            }

            if (!_heap[best].IsBefore(item))
            {
                break;
            }

            _heap[index] = _heap[best];
            index = best;
        }

        _heap[index] = item;
    }

    private readonly record struct Item(int Priority, long Place, long Ticket)
    {
        public bool IsBefore(in Item other) => Priority != other.Priority ? Priority < other.Priority : Place < other.Place;
    }
}
