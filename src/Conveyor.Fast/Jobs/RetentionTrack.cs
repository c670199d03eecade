using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>One queue's ended jobs of one kind: completed, or failed and canceled. A ring for each bound in use.</summary>
internal sealed class RetentionTrack
{
    private readonly Lock _growth = new();
    private readonly RetentionRing? _standard;
    private RetentionRing[] _rings;
    private long _ended;

    public RetentionTrack(Retention standard, bool isDefault)
    {
        // The default promises at least so many, so it may round up to what divides fast; a bound that was set is exact.
        _standard = standard.Count is > 0 and { } count ? new RetentionRing(isDefault && count == 1000 ? 1024 : count) : null;
        Standard = standard;
        _rings = _standard is null ? [] : [_standard];
    }

    public Retention Standard { get; }

    /// <summary>Files an ended job and pushes the tickets that have to go. A job whose bound is zero is the caller's to remove.</summary>
    public void File(long ticket, Retention? own, Stack<long> evicted)
    {
        RetentionRing? mine = own is { } bound ? RingOf(bound) : _standard;
        long end = Atomic.Increment(ref _ended) - 1;
        foreach (RetentionRing ring in Atomic.Read(ref _rings))
        {
            long old = ring.Exchange(end, ReferenceEquals(ring, mine) ? ticket : 0);
            if (old != 0)
            {
                evicted.Push(old);
            }
        }
    }

    private RetentionRing? RingOf(Retention bound)
    {
        if (bound.Count is not { } count || count == 0)
        {
            return null;
        }

        foreach (RetentionRing ring in Atomic.Read(ref _rings))
        {
            if (ring.Capacity == count && !ReferenceEquals(ring, _standard))
            {
                return ring;
            }
        }

        lock (_growth)
        {
            foreach (RetentionRing ring in _rings)
            {
                if (ring.Capacity == count && !ReferenceEquals(ring, _standard))
                {
                    return ring;
                }
            }

            RetentionRing added = new(count);
            Atomic.Write(ref _rings, [.. _rings, added]);
            return added;
        }
    }
}
