using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Jobs;

/// <summary>Spans in timestamps of clocks of any frequency: never shorter than asked for, whole where they can be.</summary>
public class JobClockTests
{
    [Theory]
    [InlineData(10_000_000, 1, 1)]
    [InlineData(1_000_000_000, 3, 300)]
    [InlineData(1_000_000_000, long.MaxValue, long.MaxValue)]
    [InlineData(1_000_000_000, long.MaxValue / 100, long.MaxValue / 100 * 100)]
    [InlineData(3_000_000, 10, 3)]
    [InlineData(3_000_000, 1, 1)]
    [InlineData(25_000_000, 1, 3)]
    public void ToTimestamps_SpanInTicks_IsNeverShorter(long frequency, long ticks, long timestamps)
    {
        JobClock clock = new(new ClockOfFrequency(frequency));
        Assert.Equal(timestamps, clock.ToTimestamps(new TimeSpan(ticks)));
    }

    [Fact]
    public void Read_TheProviderThrows_IsTheTimeItShowedLast()
    {
        ThrowingTime time = new();
        JobClock clock = new(time);
        time.Advance(TimeSpan.FromSeconds(1));
        (long Utc, long Timestamp) seen = (clock.UtcTicks(), clock.Timestamp());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(clock.TakeFault());
        time.Throws = true;

        Assert.Equal(seen, (clock.UtcTicks(), clock.Timestamp()));
        Assert.Equal(new DateTimeOffset(seen.Utc + 7, TimeSpan.Zero), clock.ToDate(seen.Timestamp + 7));

        Assert.IsType<TimeZoneNotFoundException>(clock.TakeFault());
        Assert.Null(clock.TakeFault());
    }

    private sealed class ClockOfFrequency(long frequency) : TimeProvider
    {
        public override long TimestampFrequency => frequency;
    }
}
