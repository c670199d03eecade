using System.Text;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class LastLineTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("\n \n\t\r\n", null)]
    [InlineData("one", "one")]
    [InlineData("one\ntwo\n", "two")]
    [InlineData("one\r\ntwo\r\n\r\n  \n", "two")]
    [InlineData("one\ntwo", "two")]
    [InlineData("10 %\r20 %\r", "20 %")]
    [InlineData("  \u001b[31mbad\n", "[31mbad")]
    public async Task ToString_AfterReading_IsTheLastLineThatIsNotBlank(string text, string? expected)
    {
        Assert.Equal(expected, await ReadAsync(text));
    }

    [Fact]
    public async Task ToString_EndlessLine_IsCut()
    {
        string? line = await ReadAsync(new string('x', 1_000_000));

        Assert.InRange(line!.Length, 100, 1_000);
    }

    [Fact]
    public async Task ToString_ManyLines_IsTheLastOne()
    {
        string text = string.Join('\n', Enumerable.Range(0, 100_000));

        Assert.Equal("99999", await ReadAsync(text));
    }

    private static async Task<string?> ReadAsync(string text)
    {
        var line = new LastLine();
        await line.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return line.ToString();
    }
}
