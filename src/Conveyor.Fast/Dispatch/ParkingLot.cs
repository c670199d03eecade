using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// The sleepers of one ready queue, woken newest first. Parking is register, look again, sleep; both sides pass a full
/// fence between their write and their look (DESIGN.md, park and wake).
/// </summary>
internal sealed class ParkingLot
{
    private readonly Lock _lock = new();
    private readonly List<IParked> _parked = [];
    private int _count;
    private int _searchers;

    public int Count => Atomic.Read(ref _count);

    public bool Any => Count != 0;

    /// <summary>
    /// Whether a writer has to wake somebody: there are sleepers and nobody is looking for tickets already. HB-12: who
    /// looks says so first; when it stops it takes that back and then looks once more, or wakes another if it leaves
    /// tickets behind.
    /// </summary>
    public bool NeedsWake => Any && Atomic.Read(ref _searchers) == 0;

    public void BeginSearch() => Atomic.Increment(ref _searchers);

    public void EndSearch() => Atomic.Decrement(ref _searchers);

    public void Park(IParked sleeper)
    {
        lock (_lock)
        {
            _parked.Add(sleeper);

            // HB-6: a full fence between this and the sleeper's look for tickets.
            Atomic.Exchange(ref _count, _parked.Count);
        }
    }

    /// <summary>False if somebody has woken, or is about to wake, the sleeper.</summary>
    public bool Leave(IParked sleeper)
    {
        lock (_lock)
        {
            bool left = _parked.Remove(sleeper);
            Atomic.Exchange(ref _count, _parked.Count);
            return left;
        }
    }

    public void WakeOne()
    {
        IParked sleeper;
        lock (_lock)
        {
            if (_parked.Count == 0)
            {
                return;
            }

            sleeper = _parked[^1];
            _parked.RemoveAt(_parked.Count - 1);
            Atomic.Exchange(ref _count, _parked.Count);
        }

        sleeper.Wake();
    }

    public void WakeAll()
    {
        while (Any)
        {
            WakeOne();
        }
    }
}
