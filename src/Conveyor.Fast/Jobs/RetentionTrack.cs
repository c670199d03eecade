namespace Conveyor.Fast.Jobs;

/// <summary>
/// One queue's ended jobs of one kind: completed, or failed and canceled. A ring for each bound in use. The lock is taken
/// once for a batch of ends where the bound is the default, and for each end where one was set, which is then exact.
/// </summary>
internal sealed class RetentionTrack
{
    private readonly Lock _lock = new();
    private readonly RetentionRing? _standard;
    private RetentionRing[] _rings;

    public RetentionTrack(Retention standard, bool isDefault)
    {
        _standard = standard.Count is > 0 and { } count ? new RetentionRing(count) : null;
        _rings = _standard is null ? [] : [_standard];
        Standard = standard;
        RemovesAtOnce = standard.Count == 0;
        IsCountedOnly = !RemovesAtOnce && standard.Age is null;
        MayBatch = isDefault;
    }

    public Retention Standard { get; }

    public bool RemovesAtOnce { get; }

    /// <summary>Whether a job under the standard bound is kept, for any time.</summary>
    public bool IsCountedOnly { get; }

    /// <summary>Whether a loop may keep ends back for a while.</summary>
    public bool MayBatch { get; private set; }

    /// <summary>Files one ended job and pushes the tickets that have to go. Ticket 0 only counts the end.</summary>
    public void File(long ticket, Retention? own, List<long> evicted)
    {
        lock (_lock)
        {
            RetentionRing? mine = own is { } bound ? RingOfLocked(bound) : _standard;
            FileLocked(ticket, mine, evicted);
        }
    }

    /// <summary>
    /// Files ended jobs that a loop kept back, in order. It did so before the first bound of a job's own came into use, so
    /// they count for the standard bound alone: a job with its own goes by what has ended after it.
    /// </summary>
    public void File(ReadOnlySpan<long> tickets, List<long> evicted)
    {
        lock (_lock)
        {
            _standard?.ReplaceLocked(tickets, evicted);
        }
    }

    /// <summary>By ticket: how many ends there have been since. Ends that loops keep back, or parents still read, are not among them.</summary>
    public IReadOnlyDictionary<long, int> CountSince()
    {
        Dictionary<long, int> since = [];
        lock (_lock)
        {
            foreach (RetentionRing ring in _rings)
            {
                ring.CountSinceLocked(since);
            }
        }

        return since;
    }

    /// <summary>After most of the queue has gone: gives up what only dead tickets take.</summary>
    public void Trim(Func<long, bool> isDead)
    {
        lock (_lock)
        {
            foreach (RetentionRing ring in _rings)
            {
                ring.TrimLocked(isDead);
            }
        }
    }

    private void FileLocked(long ticket, RetentionRing? mine, List<long> evicted)
    {
        foreach (RetentionRing ring in _rings)
        {
            long old = ring.ReplaceLocked(ReferenceEquals(ring, mine) ? ticket : 0);
            if (old != 0)
            {
                evicted.Add(old);
            }
        }
    }

    private RetentionRing? RingOfLocked(Retention bound)
    {
        if (bound.Count is not { } count || count == 0)
        {
            return null;
        }

        RetentionRing? ring = Array.Find(_rings, other => other.Capacity == count && !ReferenceEquals(other, _standard));
        if (ring is null)
        {
            ring = new RetentionRing(count);
            _rings = [.. _rings, ring];
            MayBatch = false; // A bound of a job's own counts every end at once.
        }

        return ring;
    }
}
