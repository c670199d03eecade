using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// A user's own clock, read where nothing may be left half done. What reading it throws is given to <paramref name="keepFault"/>,
/// and the answer is the time it has shown last, however long ago that was: who goes by it is early or late by as much, and no
/// more than that. Only the making of the clock and of its timers throws.
/// </summary>
internal sealed class GuardedTime(TimeProvider time, Action<Exception> keepFault) : TimeProvider
{
    private long _lastUtc = time.GetUtcNow().UtcTicks;
    private long _lastTimestamp = time.GetTimestamp();

    public override long TimestampFrequency { get; } = time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            Atomic.Keep(ref _lastUtc, now.UtcTicks);
            return now;
        }
        catch (Exception fault)
        {
            keepFault(fault);
            return new DateTimeOffset(Atomic.Read(ref _lastUtc), TimeSpan.Zero);
        }
    }

    public override long GetTimestamp()
    {
        try
        {
            long now = time.GetTimestamp();
            Atomic.Keep(ref _lastTimestamp, now);
            return now;
        }
        catch (Exception fault)
        {
            keepFault(fault);
            return Atomic.Read(ref _lastTimestamp);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
