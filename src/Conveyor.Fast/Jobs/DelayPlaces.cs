using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Where each slot's entry lies under the clock: 0 nowhere, above zero in a bucket (<see cref="DelayChunks"/>), below zero
/// among what was opened, in the line or in the heap. Under the lock of <see cref="DelayWheel"/>.
/// </summary>
internal sealed class DelayPlaces
{
    private const int PageShift = 12;
    private const int PageMask = (1 << PageShift) - 1;
    private int[]?[] _pages = [];

    /// <summary>The place of an index in the line.</summary>
    public static int InLine(int index) => ~(index << 1 | 1);

    /// <summary>The place of an index in the heap.</summary>
    public static int InHeap(int index) => ~(index << 1);

    /// <summary>Whether a place below zero is one in the line, and its index there or in the heap.</summary>
    public static bool IsInLine(int place, out int index)
    {
        index = ~place >> 1;
        return (~place & 1) != 0;
    }

    public int this[int slot]
    {
        get => Find(slot) is { } page ? page[slot & PageMask] : 0;
        set => (Find(slot) ?? Make(slot >> PageShift))[slot & PageMask] = value;
    }

    /// <summary>Asks for a place that is written soon.</summary>
    public void Prefetch(int slot)
    {
        if (Find(slot) is { } page)
        {
            CacheLine.Prefetch(ref page[slot & PageMask]);
        }
    }

    /// <summary>Null where no job of the page was ever delayed.</summary>
    private int[]? Find(int slot) => slot >> PageShift < _pages.Length ? _pages[slot >> PageShift] : null;

    private int[] Make(int page)
    {
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        }

        return _pages[page] = new int[PageMask + 1];
    }
}
