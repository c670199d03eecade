using System.Text;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class JobValueTests
{
    [Theory]
    [InlineData("5\n", "5")]
    [InlineData(" {\"a\": [1, 2]} \r\n", "{\"a\": [1, 2]}")]
    [InlineData("null", "null")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("hello world\n", "\"hello world\"")]
    [InlineData("", "\"\"")]
    [InlineData("\n\n", "\"\"")]
    [InlineData("007", "\"007\"")]
    [InlineData("1 2", "\"1 2\"")]
    [InlineData("{\"a\":1} trailing", "\"{\\\"a\\\":1} trailing\"")]
    [InlineData("[1,", "\"[1,\"")]
    [InlineData("a\tb\nc\n", "\"a\\tb\\nc\"")]
    [InlineData("schön", "\"schön\"")]
    public void FromOutput_Output_IsItsJsonOrItsText(string output, string json) =>
        Assert.Equal(json, Json(JobValue.FromOutput(Encoding.UTF8.GetBytes(output))));

    [Fact]
    public void FromOutput_BytesThatAreNoText_BecomeValidText() =>
        Assert.Equal("\"a\uFFFDb\"", Json(JobValue.FromOutput(new byte[] { (byte)'a', 0xff, (byte)'b' })));

    [Fact]
    public void FromOutput_EndlessBrackets_IsText()
    {
        string brackets = new('[', 200_000);

        Assert.Equal(brackets, JobValue.FromOutput(Encoding.UTF8.GetBytes(brackets)).ToString());
    }

    [Fact]
    public void FromList_NoValues_IsAnEmptyArray() => Assert.Equal("[]", Json(JobValue.FromList([])));

    [Fact]
    public void FromList_Values_KeepsOrderAndText() => Assert.Equal(
        "[1,null,\"x\",{\"a\": 2}]",
        Json(JobValue.FromList([Value("1"), JobValue.Null, Value("\"x\""), Value("{\"a\": 2}")])));

    [Theory]
    [InlineData("\"two\\nlines \\u00e9\"", "two\nlines é")]
    [InlineData("\"\\ud800\"", "\"\\ud800\"")]
    [InlineData("[\"a\"]", "[\"a\"]")]
    [InlineData("1.50", "1.50")]
    public void ToString_Value_IsTextWithoutQuotesOrJson(string json, string text) => Assert.Equal(text, Value(json).ToString());

    private static JobValue Value(string json) => new(Encoding.UTF8.GetBytes(json));

    private static string Json(JobValue value) => Encoding.UTF8.GetString(value.Json.Span);
}
