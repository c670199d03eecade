using System.Text.Json;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>What <c>--json</c>, <c>--quiet</c> and plain lines say.</summary>
public sealed class RunOutputTests
{
    private const string OneBadChild = """{"failParentOnChildFailure":"ignore"}""";

    [Fact]
    public async Task Run_Plain_WritesOneLineForEachJobAndOneForAll()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("root", "cat", "q", OneBadChild, FlowJson.Job("good", "echo 1"), FlowJson.Job("bad", "exit 5")));

        Assert.Equal(4, result.ErrorLines.Length);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("completed  good (children[0])  ", StringComparison.Ordinal));
        Assert.Contains(result.ErrorLines, line => line.StartsWith("failed     bad (children[1])  ", StringComparison.Ordinal));
        Assert.StartsWith("completed  root (root)  ", result.ErrorLines[2]);
        Assert.EndsWith(": 2 completed, 1 failed", result.ErrorLines[3]);
        Assert.Equal("[1]" + Environment.NewLine, result.Output);
    }

    [Fact]
    public async Task Run_Quiet_WritesTheValueOnly()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("root", "cat", children: [FlowJson.Job("good", "echo 1")]), "--quiet");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("[1]" + Environment.NewLine, result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Run_QuietAndFailed_WritesTheReasonOnly()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", "echo why >&2; exit 1"), "-q");

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal("only: failed, why", Assert.Single(result.ErrorLines));
    }

    [Fact]
    public async Task Run_Json_TellsTheWholeResult()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "cat", "a", OneBadChild, FlowJson.Job("good", "echo '{\"n\": 1}'", "b"), FlowJson.Job("bad", "echo why >&2; exit 5", "b", """{"attempts":2}""")),
            "--json");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        JsonElement root = json.RootElement;
        Assert.Equal("completed", root.GetProperty("state").GetString());
        Assert.False(root.GetProperty("interrupted").GetBoolean());
        Assert.Equal(1, root.GetProperty("value")[0].GetProperty("n").GetInt32());
        Assert.True(root.GetProperty("durationMs").GetDouble() > 0);
        Assert.Equal(2, root.GetProperty("counts").GetProperty("completed").GetInt32());
        Assert.Equal(1, root.GetProperty("counts").GetProperty("failed").GetInt32());
        Assert.Equal(0, root.GetProperty("counts").GetProperty("removed").GetInt32());

        JsonElement[] jobs = [.. root.GetProperty("jobs").EnumerateArray()];
        Assert.Equal(["", "children[0]", "children[1]"], jobs.Select(job => job.GetProperty("path").GetString()));
        Assert.Equal(["root", "good", "bad"], jobs.Select(job => job.GetProperty("name").GetString()));
        Assert.Equal(["a", "b", "b"], jobs.Select(job => job.GetProperty("queueName").GetString()));
        Assert.Equal(["completed", "completed", "failed"], jobs.Select(job => job.GetProperty("state").GetString()));
        Assert.Equal([1, 1, 2], jobs.Select(job => job.GetProperty("attempts").GetInt32()));
        Assert.Equal("why", jobs[2].GetProperty("reason").GetString());
        Assert.False(jobs[2].TryGetProperty("value", out _));
    }

    [Fact]
    public async Task Run_JsonAndFailed_TellsTheReason()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", "echo 'größer' >&2; exit 1"), "--json", "--quiet");

        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("failed", json.RootElement.GetProperty("state").GetString());
        Assert.Equal("größer", json.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Run_JsonOfALargeFlow_IsOneWholeObject()
    {
        string children = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$"""{"name":"jöb {{i}}","queueName":"q","data":"ü"}"""));

        CommandLineResult result = await CommandLineRunner.RunFlowAsync($$"""{"name":"root","queueName":"q","children":[{{children}}]}""", "--json", "-q");

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(5_001, json.RootElement.GetProperty("jobs").GetArrayLength());
        Assert.All(json.RootElement.GetProperty("jobs").EnumerateArray().Skip(1), job => Assert.Equal("ü", job.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Run_EscapesInNamesAndReasons_NeverReachTheTerminal()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("a\u001b[2Jb\nc", "printf 'x\\033[2Jy' >&2; exit 1"));

        Assert.DoesNotContain('\u001b', result.Error);
        Assert.Equal(2, result.ErrorLines.Length);
    }
}
