namespace Conveyor.Fast.Jobs;

/// <summary>
/// Jobs that have come under the clock for the bottom bucket that is open, or for a time before it, the first due on top: four
/// children a node. It writes down where each job's entry lies, so that any can be taken out. Under the lock of
/// <see cref="DelayWheel"/>.
/// </summary>
internal sealed class DueHeap(DelayPlaces places)
{
    private const int Children = 4;
    private const int LargestKept = 4096;
    private DelayEntry[] _entries = [];
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The first due; there must be one.</summary>
    public ref readonly DelayEntry First => ref _entries[0];

    public ref readonly DelayEntry this[int index] => ref _entries[index];

    public void Add(in DelayEntry entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(64, _count * 2));
        }

        SiftUp(_count++, entry);
    }

    public void RemoveAt(int index)
    {
        places[StateWord.SlotOf(_entries[index].Ticket)] = 0;
        DelayEntry last = _entries[--_count];
        if (index != _count)
        {
            SiftUp(HoleBelow(index), last); // It came from the bottom, so it seldom rises far.
        }
        else if (_count == 0 && _entries.Length > LargestKept)
        {
            _entries = []; // What many jobs due at once have left behind.
        }
    }

    private void SiftUp(int index, in DelayEntry entry)
    {
        while (index != 0 && (index - 1) / Children is var parent && entry.Due.CompareTo(_entries[parent].Due) < 0)
        {
            Put(index, _entries[parent]);
            index = parent;
        }

        Put(index, entry);
    }

    private int HoleBelow(int index)
    {
        while (index * Children + 1 is var first && first < _count)
        {
            int best = first;
            for (int child = first + 1; child < Math.Min(first + Children, _count); child++)
            {
                best = _entries[child].Due.CompareTo(_entries[best].Due) < 0 ? child : best;
            }

            Put(index, _entries[best]);
            index = best;
        }

        return index;
    }

    private void Put(int index, in DelayEntry entry)
    {
        _entries[index] = entry;
        places[StateWord.SlotOf(entry.Ticket)] = DelayPlaces.InHeap(index);
    }
}
