using System.Text;
using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class FlowFileReaderTests
{
    [Fact]
    public void Read_SmallestFile_IsOneJobWithoutCommand()
    {
        FlowFile file = FlowFileText.Read("""{"name":"only","queueName":"q"}""");

        FlowFileNode job = Assert.Single(file.Jobs);
        Assert.Same(job, file.Root);
        Assert.Equal("only", job.Name);
        Assert.Equal("q", job.QueueName);
        Assert.Null(job.Command);
        Assert.Null(job.Options);
        Assert.Equal("null", job.Data.ToString());
        Assert.Equal(1, job.Attempts);
        Assert.Equal(1, file.Levels);
    }

    [Fact]
    public void Read_Tree_KeepsDeclaredOrderParentsFirst()
    {
        FlowFile file = FlowFileText.Read("""
            { "name": "a", "queueName": "q", "children": [
                { "name": "b", "queueName": "r", "children": [ { "name": "c", "queueName": "q" } ] },
                { "name": "d", "queueName": "q", "children": [] } ] }
            """);

        Assert.Equal(["a", "b", "c", "d"], file.Jobs.Select(job => job.Name));
        Assert.Equal([0, 1, 2, 3], file.Jobs.Select(job => job.Order));
        Assert.Equal(["", "children[0]", "children[0].children[0]", "children[1]"], file.Jobs.Select(job => NodePath.Of(job)));
        Assert.Equal(3, file.Levels);
        Assert.Equal(3, file.Queues["q"]);
        Assert.Equal(1, file.Queues["r"]);
    }

    [Fact]
    public void Read_EqualNames_AreOneObject()
    {
        FlowFile file = FlowFileText.Read(FlowFileText.Siblings(2));

        Assert.Same(file.Jobs[1].Name, file.Jobs[2].Name);
        Assert.Same(file.Jobs[0].QueueName, file.Jobs[2].QueueName);
    }

    [Fact]
    public void Read_ChildrenBeforeOtherFields_ReadsTheFieldsThatFollow()
    {
        FlowFile file = FlowFileText.Read("""
            { "children": [ { "queueName": "q", "name": "child" } ], "data": 7, "queueName": "q", "name": "root" }
            """);

        Assert.Equal("root", file.Root.Name);
        Assert.Equal("7", file.Root.Data.ToString());
        Assert.Equal("child", file.Root.Children[0].Name);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("17.50")]
    [InlineData("false")]
    [InlineData("[1,[2,{\"x\":[]}]]")]
    [InlineData("{}")]
    [InlineData("{\"deep\":{\"run\":\"not a command here\"},\"n\":[1,2]}")]
    public void Read_DataWithoutRun_IsThePayloadAsWritten(string data)
    {
        FlowFile file = FlowFileText.Read($$"""{"name":"a","data": {{data}} ,"queueName":"q"}""");

        Assert.Null(file.Root.Command);
        Assert.Equal(data, Encoding.UTF8.GetString(file.Root.Data.Json.Span));
    }

    [Fact]
    public void Read_DataWithRun_IsTheCommand()
    {
        FlowFile file = FlowFileText.Read("""{"name":"a","queueName":"q","data":{"x":[1],"run":"echo \"hi\"","y":null}}""");

        Assert.Equal("echo \"hi\"", file.Root.Command);
    }

    [Fact]
    public void Read_AllOptions_AreTakenOver()
    {
        FlowFileNode job = FlowFileText.Read(FlowFileText.WithOptions("""
            { "attempts": 3, "backoff": "1 s", "delay": "1.5 hours", "timeout": "2m", "maxStalls": 0, "priority": -5, "lifo": true, "jobId": "order 7",
              "deduplication": { "id": "order" }, "failParentOnChildFailure": "ignore", "removeOnComplete": true, "removeOnFail": 10 }
            """)).Root;
        JobOptions options = job.Options!;

        Assert.Equal(3, options.Attempts);
        Assert.NotNull(options.Backoff);
        Assert.Equal(TimeSpan.FromMinutes(90), options.Delay);
        Assert.Equal(TimeSpan.FromMinutes(2), job.Timeout);
        Assert.Equal(0, options.MaxStalls);
        Assert.Equal(-5, options.Priority);
        Assert.True(options.Lifo);
        Assert.Equal("order 7", options.CustomId);
        Assert.Equal("order", options.Deduplication!.Key);
        Assert.Equal(ChildFailurePolicy.Ignore, options.FailParentOnChildFailure);
        Assert.Equal(Retention.RemoveAtOnce, options.RemoveOnComplete);
        Assert.Equal(Retention.KeepLast(10), options.RemoveOnFail);
    }

    [Fact]
    public void Read_EmptyOptions_InheritEverything()
    {
        FlowFileNode job = FlowFileText.Read(FlowFileText.WithOptions("{}")).Root;
        JobOptions options = job.Options!;

        Assert.Null(options.Attempts);
        Assert.Null(options.Backoff);
        Assert.Null(options.Delay);
        Assert.Null(job.Timeout);
        Assert.Null(options.MaxStalls);
        Assert.Null(options.Deduplication);
        Assert.Null(options.Priority);
        Assert.Null(options.Lifo);
        Assert.Null(options.CustomId);
        Assert.Null(options.FailParentOnChildFailure);
        Assert.Null(options.RemoveOnComplete);
        Assert.Null(options.RemoveOnFail);
    }

    [Theory]
    [InlineData("fail", ChildFailurePolicy.Fail)]
    [InlineData("ignore", ChildFailurePolicy.Ignore)]
    [InlineData("remove", ChildFailurePolicy.Remove)]
    public void Read_Policy_IsTheEnginesPolicy(string text, ChildFailurePolicy policy)
    {
        FlowFile file = FlowFileText.Read(FlowFileText.WithOptions($$"""{"failParentOnChildFailure":"{{text}}"}"""));

        Assert.Equal(policy, file.Root.Options!.FailParentOnChildFailure);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("250.5")]
    [InlineData("\"5s\"")]
    [InlineData("{\"type\":\"fixed\",\"delay\":1000}")]
    [InlineData("{\"delay\":\"1.5 hours\",\"type\":\"exponential\"}")]
    public void Read_Backoff_TakesNumberTextAndObject(string backoff)
    {
        FlowFile file = FlowFileText.Read(FlowFileText.WithOptions($$"""{"backoff":{{backoff}}}"""));

        Assert.NotNull(file.Root.Options!.Backoff);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("250.5", 250.5)]
    [InlineData("1e3", 1_000)]
    [InlineData("\"250\"", 250)]
    [InlineData("\"5s\"", 5_000)]
    public void Read_Delay_TakesNumberAndText(string delay, double milliseconds)
    {
        FlowFile file = FlowFileText.Read(FlowFileText.WithOptions($$"""{"delay":{{delay}}}"""));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), file.Root.Options!.Delay);
    }

    [Theory]
    [InlineData("250.5", 250.5)]
    [InlineData("\"5s\"", 5_000)]
    [InlineData("\"7 weeks\"", 7 * 7 * 86_400_000.0)]
    public void Read_Timeout_TakesNumberAndText(string timeout, double milliseconds)
    {
        FlowFile file = FlowFileText.Read(FlowFileText.WithOptions($$"""{"timeout":{{timeout}}}"""));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), file.Root.Timeout);
    }

    [Theory]
    [InlineData("true", "remove at once")]
    [InlineData("false", "keep all")]
    [InlineData("0", "remove at once")]
    [InlineData("1000", "keep the last 1000")]
    [InlineData("{\"count\":0,\"age\":\"1h\"}", "remove at once")]
    [InlineData("{\"count\":7}", "keep the last 7")]
    [InlineData("{\"age\":\"1h\"}", "keep for 01:00:00")]
    [InlineData("{\"age\":1500,\"count\":7}", "keep the last 7 for 00:00:01.5000000")]
    public void Read_Retention_TakesSwitchCountAndAge(string retention, string kept)
    {
        FlowFile file = FlowFileText.Read(FlowFileText.WithOptions($$"""{"removeOnComplete":{{retention}},"removeOnFail":{{retention}}}"""));

        Assert.Equal(kept, file.Root.Options!.RemoveOnComplete.ToString());
        Assert.Equal(kept, file.Root.Options!.RemoveOnFail.ToString());
    }

    [Fact]
    public void Read_SameIdInTwoQueues_IsTwoJobs()
    {
        FlowFile file = FlowFileText.Read("""
            {"name":"a","queueName":"q","opts":{"jobId":"7"},"children":[{"name":"b","queueName":"r","opts":{"jobId":"7"}}]}
            """);

        Assert.Equal(2, file.Jobs.Count);
    }
}
