namespace Conveyor.Fast.Jobs;

/// <summary>
/// The buckets' entries: lists in chunks, so that a bucket is read one line after the other. A list is known by its last
/// place, 0 for an empty one; places are numbers of chunk and entry. Under the lock of <see cref="DelayWheel"/>.
/// </summary>
internal sealed class DelayChunks
{
    private const int Shift = 6;
    private const int Size = 1 << Shift;
    private const int Mask = Size - 1;
    private const int PageShift = Shift + 4; // Chunks lie in pages, so that the list of those stays in the cache.
    private const int PageSize = 1 << PageShift;
    private DelayEntry[]?[] _pages = [];
    private int[] _below = [0]; // The last place of the chunk below in its list, or the next free chunk. There is no chunk 0.
    private int _count = 1;
    private int _free;

    public ref DelayEntry this[int place] => ref _pages[place >> PageShift]![place & (PageSize - 1)];

    /// <summary>Adds to a list. Returns its last place.</summary>
    public int Push(int last, in DelayEntry entry)
    {
        int place = last != 0 && (last & Mask) != Mask ? last + 1 : TakeChunk(last) << Shift;
        this[place] = entry;
        return place;
    }

    /// <summary>Takes the last entry off a list. Returns the last place then.</summary>
    public int Pop(int last) => (last & Mask) != 0 ? last - 1 : PopChunk(last);

    /// <summary>The last chunk of a list.</summary>
    public ReadOnlySpan<DelayEntry> LastChunk(int last)
    {
        int first = last & ~Mask;
        return _pages[last >> PageShift]!.AsSpan(first & (PageSize - 1), last - first + 1);
    }

    /// <summary>Takes the last chunk off a list. Returns the last place then.</summary>
    public int PopChunk(int last)
    {
        int chunk = last >> Shift;
        int below = _below[chunk];
        _below[chunk] = _free;
        _free = chunk;
        return below;
    }

    /// <summary>The place before another one of a list, or 0.</summary>
    public int Before(int place) => (place & Mask) != 0 ? place - 1 : _below[place >> Shift];

    private int TakeChunk(int below)
    {
        int chunk = _free;
        if (chunk != 0)
        {
            _free = _below[chunk];
        }
        else
        {
            chunk = AddChunk();
        }

        _below[chunk] = below;
        return chunk;
    }

    private int AddChunk()
    {
        int chunk = _count;
        if (chunk == _below.Length)
        {
            Array.Resize(ref _below, chunk * 2);
        }

        int page = chunk >> (PageShift - Shift);
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(1, page * 2));
        }

        _pages[page] ??= new DelayEntry[PageSize];
        _count++;
        return chunk;
    }
}
