using System.Globalization;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests;

public sealed class DurationTests
{
    private static readonly (string[] Names, double Milliseconds)[] s_units =
    [
        (["ms", "millisecond", "milliseconds"], 1),
        (["s", "second", "seconds"], 1_000),
        (["m", "minute", "minutes"], 60_000),
        (["h", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
        (["w", "week", "weeks"], 604_800_000),
    ];

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    [InlineData("1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [Trait("Behaviour", "DLY-05")]
    public void TryParse_EveryUnitWithAndWithoutASpace_IsItsTime(string number, double value)
    {
        foreach ((string[] names, double milliseconds) in s_units)
        {
            foreach (string name in names)
            {
                AssertIs(value * milliseconds, number + name);
                AssertIs(value * milliseconds, $"{number} {name}");
            }
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("250", 250)]
    [InlineData("0.0001", 0.0001)]
    [InlineData("3153600000000", 3_153_600_000_000)]
    [Trait("Behaviour", "DLY-07")]
    public void TryParse_Number_IsMilliseconds(string text, double milliseconds) => AssertIs(milliseconds, text);

    [Theory]
    [InlineData("  2  Seconds ", 2_000)]
    [InlineData("\t1 MINUTE\n", 60_000)]
    [InlineData(" 7 ", 7)]
    [Trait("Behaviour", "DLY-08")]
    public void TryParse_BlanksAndLetterCase_DoNotMatter(string text, double milliseconds) => AssertIs(milliseconds, text);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("s")]
    [InlineData("soon")]
    [InlineData("five seconds")]
    [InlineData("in 5s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.2.3s")]
    [InlineData("1,5s")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("5s 3ms")]
    [InlineData("5 fortnights")]
    [InlineData("5 millisecondsandmore")]
    [InlineData("36501 days")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("\u0665s")]
    [Trait("Behaviour", "DLY-09")]
    [Trait("Behaviour", "VLD-05")]
    public void Parse_AnythingElse_IsRefusedWithTheText(string text)
    {
        Assert.False(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.Zero, duration);
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => Duration.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Null_IsNoDuration()
    {
        Assert.False(Duration.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>("text", () => Duration.Parse(null!));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    public void Parse_InAnyCulture_IsTheSame(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            AssertIs(5_400_000, "1.5 hours");
            Assert.False(Duration.TryParse("1,5 hours", out _));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("250")]
    [InlineData("5s")]
    [InlineData("1.5 hours")]
    [InlineData("36500 days")]
    [Trait("Behaviour", "DLY-10")]
    public void Parse_WhateverItGives_AddDelayedTakes(string text)
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").AddDelayed("job", 0, Duration.Parse(text));
        Assert.Equal((JobState.Delayed, Duration.Parse(text)), (job.State, test.Store.NextDue));
    }

    private static void AssertIs(double milliseconds, string text)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration), text);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.Equal(duration, Duration.Parse(text));
        Assert.Equal(duration, Duration.Parse(text.AsSpan()));
    }
}
