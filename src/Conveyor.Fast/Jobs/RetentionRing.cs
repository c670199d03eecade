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

    /// <summary>Says of each ticket how many ends there have been since.</summary>
    public void CountSinceLocked(Dictionary<long, int> since)
    {
        for (int page = 0; page < _pages.Length; page++)
        {
            long[] cells = _pages[page] ?? [];
            for (int i = 0; i < cells.Length; i++)
            {
                int place = (page << PageShift) + i;
                if (cells[i] != 0)
                {
                    since[cells[i]] = place < _place ? _place - place : _place + capacity - place;
                }
            }
        }
    }

    /// <summary>Gives up the pages whose tickets are all dead.</summary>
    public void TrimLocked(Func<long, bool> isDead)
    {
        foreach (ref long[]? page in _pages.AsSpan())
        {
            page = page is not null && Array.TrueForAll(page, ticket => ticket == 0 || isDead(ticket)) ? null : page;
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
