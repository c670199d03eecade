using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>A timer of the modelled clock: setting it is a step, and so is its firing. It rings once for each setting.</summary>
internal sealed class SteppedTimer(SteppedTime time, Action ring) : ITimer
{
    public const long Never = long.MaxValue;
    private long _due = Never;

    public long Due => Atomic.Read(ref _due);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        long now = time.GetTimestamp();
        long due = dueTime == Timeout.InfiniteTimeSpan ? Never : now + dueTime.Ticks;
        Atomic.Exchange(ref _due, due);
        if (due <= now)
        {
            time.FireDue();
        }

        return true;
    }

    /// <summary>Rings if its time is over; false if it is not, or the timer has been set to another.</summary>
    public bool TryFire(long now)
    {
        long due = Atomic.Read(ref _due);
        if (due > now || Atomic.CompareExchange(ref _due, Never, due) != due)
        {
            return false;
        }

        ring();
        return true;
    }

    public void Dispose() => Atomic.Exchange(ref _due, Never);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
