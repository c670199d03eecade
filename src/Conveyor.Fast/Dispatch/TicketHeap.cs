namespace Conveyor.Fast.Dispatch;

/// <summary>
/// A heap with four children a node, in pages, so that growing copies nothing and shrinking gives memory back. Places are
/// numbered so that four siblings share a cache line. For one thread at a time.
/// </summary>
internal sealed class TicketHeap
{
    private const int PageShift = 10;
    private const int PageSize = 1 << PageShift;
    private const int Root = 3; // Then the children of n are 4(n - 2) to 4(n - 2) + 3.
    private HeapItem[]?[] _pages = new HeapItem[]?[4];
    private int _pageCount;
    private int _end = Root;

    public int Count => _end - Root;

    public int Capacity => _pageCount * PageSize;

    /// <summary>The smallest; there must be one.</summary>
    public HeapItem First => At(Root);

    public void Add(HeapItem item)
    {
        if (_end >= Capacity)
        {
            AddPage();
        }

        SiftUp(_end++, item);
    }

    /// <summary>Takes out the item at an index, 0 for the smallest.</summary>
    public HeapItem TakeAt(int index)
    {
        int place = index + Root;
        HeapItem taken = At(place);
        HeapItem last = At(--_end);
        if (place != _end)
        {
            SiftUp(HoleBelow(place), last);
        }

        if (_end + PageSize + PageSize / 2 <= Capacity)
        {
            _pages[--_pageCount] = null;
        }

        return taken;
    }

    /// <summary>The index of the first item of the greatest priority number, if that is a limit or above; else -1.</summary>
    public int FindLastBand(int limit)
    {
        int last = -1;
        for (int place = Root; place < _end; place++)
        {
            HeapItem item = At(place);
            if (item.Priority >= limit && (last < 0 || item.Priority > At(last).Priority
                || (item.Priority == At(last).Priority && item.Place < At(last).Place)))
            {
                last = place;
            }
        }

        return last < 0 ? -1 : last - Root;
    }

    /// <summary>Gives all items new places close to zero, in their old order. Returns the lowest and the highest.</summary>
    public (int Lowest, int Highest) Renumber()
    {
        HeapItem[] items = new HeapItem[Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = At(Root + i);
        }

        Array.Sort(items, static (a, b) => a.Order.CompareTo(b.Order));
        int lowest = 0;
        int highest = 0;
        foreach (HeapItem item in items)
        {
            lowest -= item.Place < 0 ? 1 : 0;
        }

        int front = lowest;
        for (int i = 0; i < items.Length; i++)
        {
            // What is sorted is a heap already.
            At(Root + i) = new HeapItem(items[i].Priority, items[i].Place < 0 ? front++ : ++highest, items[i].Ticket);
        }

        return (lowest, highest);
    }

    private ref HeapItem At(int place) => ref _pages[place >> PageShift]![place & (PageSize - 1)];

    private void AddPage()
    {
        if (_pageCount == _pages.Length)
        {
            Array.Resize(ref _pages, _pageCount * 2);
        }

        _pages[_pageCount++] = new HeapItem[PageSize];
    }

    private void SiftUp(int place, HeapItem item)
    {
        while (place > Root)
        {
            int parent = (place >> 2) + 2;
            HeapItem above = At(parent);
            if (item.Order >= above.Order)
            {
                break;
            }

            At(place) = above;
            place = parent;
        }

        At(place) = item;
    }

    /// <summary>Moves the smaller children up until the hole is at the bottom: what is to fill it came from there, so it seldom rises far.</summary>
    private int HoleBelow(int place)
    {
        while (true)
        {
            int first = (place - 2) << 2;
            if (first >= _end)
            {
                return place;
            }

            ReadOnlySpan<HeapItem> page = _pages[first >> PageShift];
            ReadOnlySpan<HeapItem> siblings = page.Slice(first & (PageSize - 1), Math.Min(4, _end - first));
            int best = 0;
            for (int i = 1; i < siblings.Length; i++)
            {
                best = siblings[i].Order < siblings[best].Order ? i : best;
            }

            At(place) = siblings[best];
            place = first + best;
        }
    }
}
