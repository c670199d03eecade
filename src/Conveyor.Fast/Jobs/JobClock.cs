using System.Numerics;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The store's time. Recorded times are UTC ticks, coarse with the system's clock and exact with any other; due times
/// are timestamps of the provider. Reading it never throws: what a user's own clock throws is kept for who rings the alarm.
/// </summary>
internal sealed class JobClock
{
    private readonly TimeProvider _provider;
    private readonly bool _isSystem;
    private readonly long _utcAtStart;
    private readonly long _tickAtStart = Environment.TickCount64;
    private readonly long _coarseness;
    private readonly double _timestampsPerTick;
    private readonly long _wholePerTick;
    private readonly long _longestWhole; // In ticks: up to here a span is a whole number of timestamps.
    private Exception? _fault;

    public JobClock(TimeProvider provider)
    {
        _isSystem = ReferenceEquals(provider, TimeProvider.System);
        _provider = _isSystem ? provider : new GuardedTime(provider, KeepFault);
        _utcAtStart = _provider.GetUtcNow().UtcTicks;
        long frequency = _provider.TimestampFrequency;
        bool isWhole = frequency % TimeSpan.TicksPerSecond == 0;
        _coarseness = (long)BitOperations.RoundUpToPowerOf2((ulong)(frequency / 100)) - 1; // Some 10 ms.
        _timestampsPerTick = (double)frequency / TimeSpan.TicksPerSecond;
        _wholePerTick = isWhole ? frequency / TimeSpan.TicksPerSecond : 0;
        _longestWhole = isWhole ? long.MaxValue / _wholePerTick : -1;
    }

    /// <summary>The system's, or a guarded one.</summary>
    public TimeProvider Provider => _provider;

    /// <summary>Whether only somebody else can make this clock go on.</summary>
    public bool IsManual => !_isSystem;

    public long UtcTicks() => _isSystem
        ? _utcAtStart + (Environment.TickCount64 - _tickAtStart) * TimeSpan.TicksPerMillisecond
        : _provider.GetUtcNow().UtcTicks;

    public long Timestamp() => _provider.GetTimestamp();

    /// <summary>A time from now as a due timestamp; never 0.</summary>
    public long DueAfter(TimeSpan delay) => DueAfter(Timestamp(), ToTimestamps(delay));

    /// <summary>The same for what may come as late as recorded times are coarse, so that much falls due at once.</summary>
    public long CoarseDueAfter(TimeSpan delay)
    {
        long due = DueAfter(delay);
        return _isSystem ? due | _coarseness : due;
    }

    /// <summary>A span in timestamps from one of them as a due timestamp; never 0.</summary>
    public static long DueAfter(long now, long span) => span > long.MaxValue - now ? long.MaxValue : Math.Max(1, now + span);

    public long ToTimestamps(TimeSpan span) => span.Ticks <= _longestWhole
        ? span.Ticks * _wholePerTick
        : (long)Math.Ceiling(span.Ticks * _timestampsPerTick);

    /// <summary>A timestamp to come as a date, by what the clock says now.</summary>
    public DateTimeOffset ToDate(long timestamp)
    {
        DateTimeOffset now = _provider.GetUtcNow();
        TimeSpan left = FromTimestamps(timestamp - Timestamp());
        return left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
    }

    public TimeSpan FromTimestamps(long timestamps) => _wholePerTick == 1
        ? new TimeSpan(timestamps)
        : new TimeSpan((long)Math.Ceiling(timestamps / _timestampsPerTick));

    /// <summary>Sets a timer of this clock. False if that failed, or the timer is gone.</summary>
    public bool TrySet(ITimer timer, TimeSpan left)
    {
        try
        {
            return timer.Change(left, Timeout.InfiniteTimeSpan);
        }
        catch (Exception fault)
        {
            KeepFault(fault);
            return false;
        }
    }

    /// <summary>Makes a timer of this clock; null if that failed.</summary>
    public ITimer? TryCreateTimer(TimerCallback callback, object? state, TimeSpan dueTime)
    {
        try
        {
            return _provider.CreateTimer(callback, state, dueTime, Timeout.InfiniteTimeSpan);
        }
        catch (Exception fault)
        {
            KeepFault(fault);
            return null;
        }
    }

    /// <summary>What the clock has thrown since the last call: the first of it, or null.</summary>
    public Exception? TakeFault() => Atomic.Read(ref _fault) is null ? null : Atomic.Exchange(ref _fault, null);

    private void KeepFault(Exception fault) => Atomic.CompareExchange(ref _fault, fault, null);
}
