using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class FormatTests
{
    [Theory]
    [InlineData("  plain  ", "plain")]
    [InlineData("two\r\nlines", "two  lines")]
    [InlineData("\u001b[31mred", "[31mred")]
    [InlineData("a\u2028b", "a b")]
    [InlineData("", "")]
    public void OneLine_ForeignText_HasNoControlCharacters(string text, string expected) => Assert.Equal(expected, OneLine.Of(text));

    [Fact]
    public void OneLine_LongText_LosesItsMiddle() => Assert.Equal("ab ... ij", OneLine.Of("abcdefghij", maxLength: 5));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(12.4, "12 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(999.6, "1.0 s")]
    [InlineData(59_900, "59.9 s")]
    [InlineData(59_960, "1 min 0 s")]
    [InlineData(125_000, "2 min 5 s")]
    [InlineData(7_260_000, "2 h 1 min")]
    public void DurationFormat_Duration_IsShort(double milliseconds, string expected) =>
        Assert.Equal(expected, DurationFormat.Of(TimeSpan.FromMilliseconds(milliseconds)));
}
