using System.Numerics;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Jobs by due time, then by the order in which they were put here, delayed ones to run and ended ones to go: a hierarchical
/// timing wheel, so that to put a job in and to take it back costs the same whatever the store holds. A job lies in the ring
/// of the highest digit in which its due time differs from the wheel's position. Buckets are opened in order up to now:
/// those of upper rings into lower ones, a bottom one, about a millisecond wide, into a line in order; who comes for it later
/// goes into a small heap. One lock; nothing under it waits or runs user code.
/// </summary>
internal sealed class DelayWheel
{
    private const int PlacesAhead = 8; // Between asking for a place and writing it.
    private const int MostAskedFor = 1024; // More would push each other out.
    private readonly JobTable _table;
    private readonly Lock _lock = new();
    private readonly int _bottomShift;
    private readonly DelayChunks _chunks = new();
    private readonly DelayPlaces _places = new();
    private readonly DelayLevel?[] _levels;
    private readonly DueLine _line; // The bottom bucket that is open.
    private readonly DueHeap _late; // What came for its time, or for one before, while it was open.
    private long _position; // The bottom bucket up to which all was opened.
    private long _order;
    private int _count;

    public DelayWheel(JobTable table)
    {
        _table = table;
        _bottomShift = BitOperations.Log2((ulong)Math.Max(1, table.Clock.Provider.TimestampFrequency / 700)); // The power of two next to a millisecond.
        _line = new DueLine(_places, _bottomShift);
        _late = new DueHeap(_places);
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

    /// <summary>Puts a job under the clock after the step that made its ticket, unless somebody has taken a further one already.</summary>
    public void Insert(long ticket, long due)
    {
        int slot = SlotOf(ticket);
        lock (_lock)
        {
            // Whoever ends the stay takes a step, then comes here: either this sees the step, or that one the entry.
            if (!Stands(Atomic.Read(ref _table.Record(slot).Word), ticket))
            {
                return;
            }

            if (_places[slot] is not 0 and var place)
            {
                RemoveLocked(place); // Of an earlier stay, whose end has not come here yet.
            }

            _count++;
            DelayEntry entry = new() { Due = new DueOrder(due, _order++), Ticket = ticket };
            if (!TryPlaceLocked(entry))
            {
                _late.Add(entry);
            }
        }
    }

    /// <summary>Takes a job back by the ticket of the delay it has left. Nothing happens if it is not here any more.</summary>
    public void Remove(long ticket)
    {
        lock (_lock)
        {
            int place = _places[SlotOf(ticket)];
            if (place != 0 && AtLocked(place).Ticket == ticket)
            {
                RemoveLocked(place);
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
                if (_line.IsEmpty && _late.IsEmpty)
                {
                    if (!TryOpenNextLocked(now >> _bottomShift))
                    {
                        break;
                    }

                    continue;
                }

                bool isInLine = IsNextInLineLocked;
                ref readonly DelayEntry next = ref isInLine ? ref _line.First : ref _late.First;
                if (next.Due.Due > now)
                {
                    break;
                }

                tickets[taken++] = next.Ticket;
                if (isInLine)
                {
                    _line.RemoveFirst();
                }
                else
                {
                    _late.RemoveAt(0);
                }
            }

            _count -= taken;
        }

        return taken;
    }

    /// <summary>The timestamp at which the next job falls due; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDue()
    {
        lock (_lock)
        {
            if (!_line.IsEmpty || !_late.IsEmpty)
            {
                return IsNextInLineLocked ? _line.First.Due.Due : _late.First.Due.Due;
            }

            int level = FindFirstLocked(out int bucket);
            return level < 0 ? long.MaxValue : _levels[level]!.Earliest(bucket);
        }
    }

    /// <summary>When a job falls due that has that ticket, and its order among those due at the same time.</summary>
    public bool TryGetDue(long ticket, out DueOrder due)
    {
        lock (_lock)
        {
            int place = _places[SlotOf(ticket)];
            DelayEntry entry = place == 0 ? default : AtLocked(place);
            due = entry.Due;
            return place != 0 && entry.Ticket == ticket;
        }
    }

    /// <summary>Where the first of those lies that were opened, of which there is one.</summary>
    private bool IsNextInLineLocked => _late.IsEmpty || (!_line.IsEmpty && _line.First.Due.CompareTo(_late.First.Due) < 0);

    private ref readonly DelayEntry AtLocked(int place)
    {
        if (place > 0)
        {
            return ref _chunks[place];
        }

        if (DelayPlaces.IsInLine(place, out int index))
        {
            return ref _line[index];
        }

        return ref _late[index];
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

    /// <summary>Puts a job into the bucket that will be opened in its time; false if that is open by now.</summary>
    private bool TryPlaceLocked(in DelayEntry entry)
    {
        bool isAhead = TryLocate(entry.Due.Due, out int level, out int bucket);
        if (isAhead)
        {
            (_levels[level] ??= new DelayLevel(_chunks, _places)).Add(bucket, entry);
        }

        return isAhead;
    }

    private void RemoveLocked(int place)
    {
        _count--;
        if (place > 0)
        {
            TryLocate(_chunks[place].Due.Due, out int level, out int bucket);
            _levels[level]!.Remove(bucket, place);
        }
        else if (DelayPlaces.IsInLine(place, out int index))
        {
            _line.RemoveAt(index);
        }
        else
        {
            _late.RemoveAt(index);
        }
    }

    /// <summary>Opens the first bucket that holds a job and begins by then; false if there is none. Only while the line and the heap are empty.</summary>
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
        int rest = _levels[level]!.TakeAll(bucket);
        while (rest != 0)
        {
            ReadOnlySpan<DelayEntry> chunk = _chunks.LastChunk(rest);
            for (int i = 0; i < chunk.Length; i++)
            {
                _places.Prefetch(SlotOf(chunk[Math.Min(i + PlacesAhead, chunk.Length - 1)].Ticket));
                if (!TryPlaceLocked(chunk[i]))
                {
                    if (_line.Count < MostAskedFor)
                    {
                        _table.PrefetchAll(SlotOf(chunk[i].Ticket)); // They lie anywhere, and go within the millisecond.
                    }

                    _line.Append(chunk[i]);
                }
            }

            rest = _chunks.PopChunk(rest); // Only now: what is put elsewhere must not be given the chunk that is read.
        }

        _line.Sort();
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
}
