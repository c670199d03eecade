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

    /// <summary>Puts tickets at the next places and pushes those that have to go.</summary>
    public void ReplaceLocked(ReadOnlySpan<long> tickets, List<long> evicted)
    {
        while (!tickets.IsEmpty)
        {
            int inPage = _place & (PageSize - 1);
            int run = Math.Min(tickets.Length, Math.Min(PageSize - inPage, capacity - _place));
            Span<long> cells = (_pages[_place >> PageShift] ??= new long[PageSize]).AsSpan(inPage, run);
            for (int i = 0; i < cells.Length; i++)
            {
                if (cells[i] != 0)
                {
                    evicted.Add(cells[i]);
                }

                cells[i] = tickets[i];
            }

            _place = _place + run == capacity ? 0 : _place + run;
            tickets = tickets[run..];
        }
    }

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
