using System.Numerics;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The store's time. Recorded times are UTC ticks, coarse with the system's clock and exact with any other; due times
/// are timestamps of the provider.
/// </summary>
internal sealed class JobClock(TimeProvider provider)
{
    private readonly bool _isSystem = ReferenceEquals(provider, TimeProvider.System);
    private readonly long _utcAtStart = provider.GetUtcNow().UtcTicks;
    private readonly long _tickAtStart = Environment.TickCount64;
    private readonly long _coarseness = (long)BitOperations.RoundUpToPowerOf2((ulong)(provider.TimestampFrequency / 100)) - 1; // Some 10 ms.
    private readonly double _timestampsPerTick = (double)provider.TimestampFrequency / TimeSpan.TicksPerSecond;
    private readonly long _wholePerTick = provider.TimestampFrequency % TimeSpan.TicksPerSecond == 0
        ? provider.TimestampFrequency / TimeSpan.TicksPerSecond
        : 0;
    private readonly long _longestWhole = provider.TimestampFrequency % TimeSpan.TicksPerSecond == 0
        ? long.MaxValue / (provider.TimestampFrequency / TimeSpan.TicksPerSecond)
        : -1; // In ticks: up to here a span is a whole number of timestamps.

    public TimeProvider Provider => provider;

    /// <summary>Whether only somebody else can make this clock go on.</summary>
    public bool IsManual => !_isSystem;

    public long UtcTicks() => _isSystem
        ? _utcAtStart + (Environment.TickCount64 - _tickAtStart) * TimeSpan.TicksPerMillisecond
        : provider.GetUtcNow().UtcTicks;

    public long Timestamp() => provider.GetTimestamp();

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
        DateTimeOffset now = provider.GetUtcNow();
        TimeSpan left = FromTimestamps(timestamp - Timestamp());
        return left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
    }

    public TimeSpan FromTimestamps(long timestamps) => _wholePerTick == 1
        ? new TimeSpan(timestamps)
        : new TimeSpan((long)Math.Ceiling(timestamps / _timestampsPerTick));
}
