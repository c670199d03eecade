using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>
/// A clock that scenarios move, in the library's namespace so that a look at it that races is a step. Who moves it fires
/// what is due, on its own thread; so does who sets a timer to a time that is over.
/// </summary>
internal sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private SteppedTimer[] _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer rings, as a timestamp; exact while nothing runs.</summary>
    public long NextRing => _timers.Select(static timer => timer.Due).DefaultIfEmpty(SteppedTimer.Never).Min();

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        SteppedTimer timer = new(this, () => callback(state));
        _timers = [.. _timers, timer];
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        long seen;
        do
        {
            seen = Atomic.Read(ref _now);
        }
        while (Atomic.CompareExchange(ref _now, seen + by.Ticks, seen) != seen);

        FireDue();
    }

    /// <summary>Fires what is due, the earliest first.</summary>
    public void FireDue()
    {
        while (_timers.Where(static timer => timer.Due != SteppedTimer.Never).MinBy(static timer => timer.Due) is { } timer && timer.TryFire(_now))
        {
        }
    }
}
