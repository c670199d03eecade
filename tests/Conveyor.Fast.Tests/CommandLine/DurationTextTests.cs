using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("250", 250)]
    [InlineData("250ms", 250)]
    [InlineData("1 millisecond", 1)]
    [InlineData("2 milliseconds", 2)]
    [InlineData("5s", 5_000)]
    [InlineData("1 second", 1_000)]
    [InlineData("  2  Seconds ", 2_000)]
    [InlineData("3m", 180_000)]
    [InlineData("1 MINUTE", 60_000)]
    [InlineData("1.5 hours", 5_400_000)]
    [InlineData(".5h", 1_800_000)]
    [InlineData("2 days", 172_800_000)]
    [InlineData("1w", 604_800_000)]
    public void TryParse_Duration_IsItsTime(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("five seconds")]
    [InlineData("in 5s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.2.3s")]
    [InlineData("1,5s")]
    [InlineData("1e3")]
    [InlineData("5s 3ms")]
    [InlineData("5 fortnights")]
    [InlineData("5 millisecondsandmore")]
    [InlineData("20000 weeks")]
    [InlineData("NaN")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
