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

    public bool Any => Atomic.Read(ref _count) != 0;

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
