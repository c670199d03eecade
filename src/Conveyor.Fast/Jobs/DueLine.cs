namespace Conveyor.Fast.Jobs;

/// <summary>
/// A bottom bucket of the wheel once it is opened: its jobs side by side, the first due in front. It writes down where each
/// lies, once; one that leaves early leaves a gap, which is passed over. Under the lock of <see cref="DelayWheel"/>.
/// </summary>
/// <param name="places">Where each job lies.</param>
/// <param name="bucketShift">A bucket is two to the power of this wide.</param>
internal sealed class DueLine(DelayPlaces places, int bucketShift)
{
    private const int LargestKept = 4096;
    private const int Few = 32; // Put in order as they are.
    private const int PartBits = 8;
    private const int Parts = 1 << PartBits;
    private readonly int _partShift = Math.Max(0, bucketShift - PartBits);
    private DelayEntry[] _entries = [];
    private DelayEntry[] _spare = [];
    private int _next;
    private int _count;

    public bool IsEmpty => _next == _count;

    /// <summary>Jobs that were added, those that have left since included.</summary>
    public int Count => _count;

    /// <summary>The first due; there must be one.</summary>
    public ref readonly DelayEntry First => ref _entries[_next];

    public ref readonly DelayEntry this[int index] => ref _entries[index];

    /// <summary>Adds a job of the bucket, before they are put in order.</summary>
    public void Append(in DelayEntry entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(64, _count * 2));
        }

        _entries[_count++] = entry;
    }

    /// <summary>Puts all in order.</summary>
    public void Sort()
    {
        if (_count > Few)
        {
            SortByPart();
        }
        else
        {
            _entries.AsSpan(0, _count).Sort();
        }

        for (int index = 0; index < _count; index++)
        {
            places[StateWord.SlotOf(_entries[index].Ticket)] = DelayPlaces.InLine(index);
        }
    }

    public void RemoveFirst()
    {
        places[StateWord.SlotOf(_entries[_next++].Ticket)] = 0;
        PassGaps();
    }

    public void RemoveAt(int index)
    {
        places[StateWord.SlotOf(_entries[index].Ticket)] = 0;
        _entries[index].Ticket = 0;
        PassGaps();
    }

    /// <summary>By their part of the bucket, then within each part, where there is seldom more than one.</summary>
    private void SortByPart()
    {
        if (_spare.Length < _entries.Length)
        {
            _spare = new DelayEntry[_entries.Length];
        }

        Span<int> ends = stackalloc int[Parts]; // All 0.
        Span<DelayEntry> unsorted = _entries.AsSpan(0, _count);
        foreach (ref readonly DelayEntry entry in unsorted)
        {
            ends[PartOf(entry)]++;
        }

        for (int part = 1; part < Parts; part++)
        {
            ends[part] += ends[part - 1];
        }

        foreach (ref readonly DelayEntry entry in unsorted)
        {
            _spare[--ends[PartOf(entry)]] = entry; // What was a part's end becomes its start.
        }

        (_entries, _spare) = (_spare, _entries);
        for (int part = 0; part < Parts; part++)
        {
            int end = part + 1 < Parts ? ends[part + 1] : _count;
            if (end - ends[part] > 1)
            {
                _entries.AsSpan(ends[part]..end).Sort();
            }
        }
    }

    private int PartOf(in DelayEntry entry) => (int)(entry.Due.Due >> _partShift) & (Parts - 1);

    private void PassGaps()
    {
        while (_next < _count && _entries[_next].Ticket == 0)
        {
            _next++;
        }

        if (_next == _count)
        {
            _next = _count = 0;
            if (_entries.Length > LargestKept)
            {
                _entries = _spare = []; // What many jobs due at once have left behind.
            }
        }
    }
}
