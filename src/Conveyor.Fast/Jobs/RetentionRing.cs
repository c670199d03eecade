using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The last so many ended jobs of one bound. Each end of the queue takes the next place and exchanges what stands there:
/// what comes out has had exactly that many ends after it. Pages are made when first reached.
/// </summary>
internal sealed class RetentionRing(int capacity)
{
    private const int PageShift = 7;
    private const int PageSize = 1 << PageShift;
    private readonly long[]?[] _pages = new long[]?[(capacity + PageSize - 1) >> PageShift];
    private readonly bool _isPowerOfTwo = System.Numerics.BitOperations.IsPow2(capacity);

    public int Capacity => capacity;

    /// <summary>Puts a ticket, or 0, at the place of that end and returns the ticket that has to go, or 0.</summary>
    public long Exchange(long end, long ticket)
    {
        int place = (int)(_isPowerOfTwo ? end & (capacity - 1) : end % capacity);
        long[]? page = Atomic.Read(ref _pages[place >> PageShift]);
        if (page is null)
        {
            if (ticket == 0)
            {
                return 0;
            }

            page = AddPage(place >> PageShift);
        }

        return Atomic.Exchange(ref page[place & (PageSize - 1)], ticket);
    }

    private long[] AddPage(int index)
    {
        long[] page = new long[PageSize];
        return Atomic.CompareExchange(ref _pages[index], page, null) ?? page;
    }
}
