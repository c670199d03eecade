using Conveyor.Fast.Jobs;

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

    private sealed class ClockOfFrequency(long frequency) : TimeProvider
    {
        public override long TimestampFrequency => frequency;
    }
}
