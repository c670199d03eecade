namespace Conveyor.Fast.Jobs;

/// <summary>
/// The last so many ended jobs of one bound. Each end of the queue takes the next place and what stood there has had
/// exactly that many ends after it. Pages are made when first reached. Needs its track's lock.
/// </summary>
internal sealed class RetentionRing(int capacity)
{
    private const int PageShift = 7;
    private const int PageSize = 1 << PageShift;
    private readonly long[]?[] _pages = new long[]?[(capacity + PageSize - 1) >> PageShift];
    private int _place;

    public int Capacity => capacity;

    /// <summary>Puts a ticket, or 0, at the next place and returns the ticket that has to go, or 0.</summary>
    public long ReplaceLocked(long ticket)
    {
        int place = _place;
        _place = place + 1 == capacity ? 0 : place + 1;
        long[]? page = _pages[place >> PageShift];
        if (page is null)
        {
            if (ticket == 0)
            {
                return 0;
            }

            _pages[place >> PageShift] = page = new long[PageSize];
        }

        ref long cell = ref page[place & (PageSize - 1)];
        long old = cell;
        cell = ticket;
        return old;
    }
}
