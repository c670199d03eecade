using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class FlowFileLimitTests
{
    [Fact]
    public void Read_ThousandLevels_IsAccepted() => Assert.Equal(1_000, FlowFileText.Read(FlowFileText.Chain(1_000)).Levels);

    [Fact]
    public void Read_OneLevelMore_NamesTheLevelInOneShortLine()
    {
        string message = FlowFileText.Refusal(FlowFileText.Chain(1_001)).Message;

        Assert.EndsWith(": is on level 1,001, but a flow file has at most 1,000 levels", message);
        Assert.StartsWith("children[0].children[0]", message);
        Assert.InRange(message.Length, 1, 300);
    }

    [Fact]
    public void Read_MillionJobs_IsAccepted()
    {
        FlowFile file = FlowFileText.Read(FlowFileText.Siblings(FlowFileLimits.MaxJobs - 1));

        Assert.Equal(FlowFileLimits.MaxJobs, file.Jobs.Count);
        Assert.Equal(FlowFileLimits.MaxJobs, file.Queues["q"]);
    }

    [Fact]
    public void Read_OneJobMore_NamesTheJob() => Assert.Equal(
        "children[999999]: is one too many, a flow file has at most 1,000,000 jobs",
        FlowFileText.Refusal(FlowFileText.Siblings(FlowFileLimits.MaxJobs)).Message);

    [Fact]
    public void Read_TooManyQueues_NamesTheJob()
    {
        string children = string.Join(',', Enumerable.Range(0, FlowFileLimits.MaxQueues).Select(i => $$"""{"name":"j","queueName":"q{{i}}"}"""));

        Assert.Equal(
            "queueName: is one queue too many, a flow file has at most 65,536",
            FlowFileText.Refusal($$"""{"name":"root","queueName":"other","children":[{{children}}]}""").Message);
    }

    [Theory]
    [InlineData("[", "must be an object, a job with name and queueName, but is a list")]
    [InlineData("{\"name\":", "name: must be text, but is an object")]
    [InlineData("{\"opts\":", "opts.opts: unknown option")]
    public void Read_OnlyOpeningBrackets_IsRefusedAtTheFirstWrongOne(string bracket, string message) =>
        Assert.StartsWith(message, FlowFileText.Refusal(string.Concat(Enumerable.Repeat(bracket, 200_000))).Message);

    [Theory]
    [InlineData("[")]
    [InlineData("{\"x\":")]
    public void Read_DataNestedWithoutEnd_IsRefused(string bracket)
    {
        string json = """{"name":"a","queueName":"q","data":""" + string.Concat(Enumerable.Repeat(bracket, 200_000));

        Assert.EndsWith(": is nested more than 4,000 brackets deep", FlowFileText.Refusal(json).Message);
    }

    [Fact]
    public void Read_OnlyOpeningChildren_IsRefusedByItsLevels()
    {
        string json = string.Concat(Enumerable.Repeat("""{"children":[""", 200_000));

        Assert.EndsWith("at most 1,000 levels", FlowFileText.Refusal(json).Message);
    }

    [Fact]
    public void Read_DataNestedDeepInTheDeepestJob_IsAccepted()
    {
        string data = new string('[', 1_900) + new string(']', 1_900);
        string json = FlowFileText.Chain(1_000).Replace("\"leaf\"", $"\"leaf\",\"data\":{data}", StringComparison.Ordinal);

        Assert.Equal(data, FlowFileText.Read(json).Jobs[^1].Data.ToString());
    }
}
