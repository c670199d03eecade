using System.Numerics;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Delayed jobs by due time, then by the order in which they were delayed: a hierarchical timing wheel, whose lists run
/// through nodes beside the slots, so that to delay a job and to take it back costs the same whatever the store holds.
/// A job lies in the ring of the highest digit in which its due time differs from the wheel's position. Buckets are opened
/// in order up to now: those of upper rings into lower ones, the bottom ones, about a millisecond wide, into a small heap.
/// One lock; nothing under it waits or runs user code.
/// </summary>
internal sealed class DelayWheel
{
    private const int DeadTolerated = 256;
    private const int LargestHeapKept = 4096;
    private readonly JobTable _table;
    private readonly Lock _lock = new();
    private readonly int _bottomShift;
    private readonly DelayLevel?[] _levels;
    private readonly PriorityQueue<long, DueOrder> _opened = new();
    private readonly List<(long Ticket, DueOrder Order)> _live = [];
    private DelayNode[]?[] _nodes = [];
    private long _position; // The bottom bucket up to which all was opened.
    private long _order;
    private int _count;
    private int _dead; // Of what was opened, those that have left since.

    public DelayWheel(JobTable table)
    {
        _table = table;
        _bottomShift = BitOperations.Log2((ulong)Math.Max(1, table.Clock.Provider.TimestampFrequency / 700)); // The power of two next to a millisecond.
        _levels = new DelayLevel?[(sizeof(long) * 8 - 1 - _bottomShift + DelayLevel.DigitBits - 1) / DelayLevel.DigitBits];
    }

    /// <summary>Jobs under the clock.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Puts a job under the clock after its step to Delayed, unless somebody has taken it out of that stay already.</summary>
    public void Insert(long ticket, long due)
    {
        int slot = SlotOf(ticket);
        lock (_lock)
        {
            // Whoever ends the stay takes a step, then comes here: either this sees the step, or that one the node.
            if (!Stands(Atomic.Read(ref _table.Record(slot).Word), ticket, Delayed))
            {
                return;
            }

            ref DelayNode node = ref MakeNodeLocked(slot);
            if (node.Ticket != 0)
            {
                UnlinkLocked(ref node); // Of an earlier stay, whose end has not come here yet.
            }

            node.Due = due;
            node.Ticket = ticket;
            node.Order = _order++;
            _count++;
            PlaceLocked(ref node, slot);
        }
    }

    /// <summary>Takes a job back by the ticket of the delay it has left. Nothing happens if it is not here any more.</summary>
    public void Remove(long ticket)
    {
        lock (_lock)
        {
            ref DelayNode node = ref FindNodeLocked(SlotOf(ticket));
            if (node.Ticket == ticket)
            {
                UnlinkLocked(ref node);
            }
        }
    }

    /// <summary>Takes out what is due by now, in order, as far as there is room for tickets. Returns how many.</summary>
    public int TakeDue(long now, Span<long> tickets)
    {
        int taken = 0;
        lock (_lock)
        {
            while (taken < tickets.Length)
            {
                if (TryPeekOpenedLocked(out long ticket, out long due))
                {
                    if (due > now)
                    {
                        break;
                    }

                    _opened.Dequeue();
                    _count--;
                    FindNodeLocked(SlotOf(ticket)).Next = DelayNode.Taken;
                    tickets[taken++] = ticket;
                }
                else if (!TryOpenNextLocked(now >> _bottomShift))
                {
                    break;
                }
            }
        }

        return taken;
    }

    /// <summary>The timestamp at which the next job falls due; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDue()
    {
        lock (_lock)
        {
            if (TryPeekOpenedLocked(out _, out long due))
            {
                return due;
            }

            int level = FindFirstLocked(out int bucket);
            return level < 0 ? long.MaxValue : EarliestLocked(_levels[level]!, bucket);
        }
    }

    /// <summary>When a job falls due that has that ticket, and its order among those due at the same time.</summary>
    public bool TryGetDue(long ticket, out DueOrder due)
    {
        lock (_lock)
        {
            ref DelayNode node = ref FindNodeLocked(SlotOf(ticket));
            due = new DueOrder(node.Due, node.Order);
            return node.Ticket == ticket;
        }
    }

    /// <summary>By the position, which no job is moved past: so a job that leaves is found where it was put.</summary>
    private bool TryLocate(long due, out int level, out int bucket)
    {
        long place = due >> _bottomShift;
        bool isAhead = place > _position;
        level = isAhead ? BitOperations.Log2((ulong)(place ^ _position)) / DelayLevel.DigitBits : 0;
        bucket = (int)(place >> (level * DelayLevel.DigitBits)) & ((1 << DelayLevel.DigitBits) - 1);
        return isAhead;
    }

    private void PlaceLocked(ref DelayNode node, int slot)
    {
        if (!TryLocate(node.Due, out int level, out int bucket))
        {
            node.Next = DelayNode.Opened;
            _opened.Enqueue(node.Ticket, new DueOrder(node.Due, node.Order));
            return;
        }

        node.Previous = 0;
        node.Next = (_levels[level] ??= new DelayLevel()).Push(bucket, slot, node.Due);
        if (node.Next != 0)
        {
            FindNodeLocked(node.Next).Previous = slot;
        }
    }

    private void UnlinkLocked(ref DelayNode node)
    {
        node.Ticket = 0;
        if (node.Next == DelayNode.Taken)
        {
            return;
        }

        _count--;
        if (node.Next == DelayNode.Opened)
        {
            _dead++;
            DropDeadLocked();
            return;
        }

        TryLocate(node.Due, out int level, out int bucket);
        _levels[level]!.Remove(bucket, node.Previous == 0, node.Next, node.Due);
        if (node.Previous != 0)
        {
            FindNodeLocked(node.Previous).Next = node.Next;
        }

        if (node.Next != 0)
        {
            FindNodeLocked(node.Next).Previous = node.Previous;
        }
    }

    /// <summary>Opens the first bucket that holds a job and begins by a bottom bucket; false if there is none.</summary>
    private bool TryOpenNextLocked(long last)
    {
        int level = FindFirstLocked(out int bucket);
        int shift = level * DelayLevel.DigitBits;
        long start = (_position >> shift >> DelayLevel.DigitBits << DelayLevel.DigitBits | (long)bucket) << shift;
        if (level < 0 || start > last)
        {
            _position = Math.Max(_position, last); // No bucket begins in between, so none changes its place by this.
            return false;
        }

        _position = start;
        for (int slot = _levels[level]!.Take(bucket); slot != 0;)
        {
            ref DelayNode node = ref FindNodeLocked(slot);
            int next = node.Next;
            CacheLine.Prefetch(ref FindNodeLocked(next));
            PlaceLocked(ref node, slot);
            slot = next;
        }

        return true;
    }

    /// <summary>The lowest ring that holds anything holds what is due first.</summary>
    private int FindFirstLocked(out int bucket)
    {
        for (int level = 0; level < _levels.Length; level++)
        {
            if (_levels[level]?.FirstOccupied is >= 0 and int found)
            {
                bucket = found;
                return level;
            }
        }

        bucket = 0;
        return -1;
    }

    private long EarliestLocked(DelayLevel level, int bucket)
    {
        if (!level.TryGetEarliest(bucket, out long earliest))
        {
            earliest = long.MaxValue;
            for (int slot = level.Head(bucket); slot != 0; slot = FindNodeLocked(slot).Next)
            {
                earliest = Math.Min(earliest, FindNodeLocked(slot).Due);
            }

            level.SetEarliest(bucket, earliest);
        }

        return earliest;
    }

    /// <summary>The first of what was opened. Those that have left since are dropped on the way.</summary>
    private bool TryPeekOpenedLocked(out long ticket, out long due)
    {
        while (_opened.TryPeek(out ticket, out DueOrder order))
        {
            due = order.Due;
            if (FindNodeLocked(SlotOf(ticket)).Ticket == ticket)
            {
                return true;
            }

            _dead--;
            _opened.Dequeue();
        }

        due = 0;
        if (_opened.EnsureCapacity(0) > LargestHeapKept)
        {
            _opened.TrimExcess(); // What many jobs due at once have left behind.
        }

        return false;
    }

    /// <summary>While time stands still those that leave do not heap up.</summary>
    private void DropDeadLocked()
    {
        if (_dead < DeadTolerated || _dead < _opened.Count / 2)
        {
            return;
        }

        foreach ((long ticket, DueOrder order) in _opened.UnorderedItems)
        {
            if (FindNodeLocked(SlotOf(ticket)).Ticket == ticket)
            {
                _live.Add((ticket, order));
            }
        }

        _opened.Clear();
        _opened.EnqueueRange(_live);
        _live.Clear();
        _dead = 0;
    }

    /// <summary>A slot's node, or one of no job where no job of the segment was ever delayed.</summary>
    private ref DelayNode FindNodeLocked(int slot)
    {
        int segment = slot >> Segment.Shift;
        if (segment < _nodes.Length && _nodes[segment] is { } nodes)
        {
            return ref nodes[slot & Segment.Mask];
        }

        return ref MakeNodeLocked(0);
    }

    private ref DelayNode MakeNodeLocked(int slot)
    {
        int segment = slot >> Segment.Shift;
        if (segment >= _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(segment + 1, _nodes.Length * 2));
        }

        return ref (_nodes[segment] ??= new DelayNode[Segment.Size])[slot & Segment.Mask];
    }
}
