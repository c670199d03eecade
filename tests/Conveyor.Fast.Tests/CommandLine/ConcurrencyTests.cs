namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>N commands at once, over all queues together.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Run_ConcurrencyOne_NeverOverlapsCommandsOfDifferentQueues()
    {
        // A folder can be made once only: a second command at the same time would fail.
        string[] children = [.. Enumerable.Range(0, 40).Select(i => FlowJson.Job($"child {i}", "mkdir busy && cat flow.json > /dev/null && rmdir busy", queue: $"q{i % 4}"))];

        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("root", "echo alone", children: children), "--concurrency", "1");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("alone", result.Output.Trim());
    }

    [Theory]
    [InlineData("q", "q")]
    [InlineData("q", "r")]
    public async Task Run_ConcurrencyTwo_RunsTwoCommandsAtOnce(string writer, string reader)
    {
        // A named pipe: each end waits for the other.
        string flow = FlowJson.Job(
            "root",
            "cat",
            children:
            [
                FlowJson.Job("writer", "mkfifo pipe 2> /dev/null; echo met > pipe", writer),
                FlowJson.Job("reader", "mkfifo pipe 2> /dev/null; cat pipe", reader),
            ]);

        CommandLineResult result = await CommandLineRunner.RunFlowAsync(flow, "--concurrency", "2");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""["","met"]""", result.Output.Trim());
    }
}
