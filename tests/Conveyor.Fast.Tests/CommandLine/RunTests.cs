namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Exit codes and values of flows that run to their end.</summary>
public sealed class RunTests
{
    [Theory]
    [InlineData("echo hello", "hello")]
    [InlineData("printf 5", "5")]
    [InlineData("echo '{\"a\": 1}'", "{\"a\": 1}")]
    [InlineData("echo '\"quoted\"'", "quoted")]
    [InlineData("printf 'two\\nlines\\n\\n'", "two\nlines")]
    [InlineData("true", "")]
    public async Task Run_SingleCommand_PrintsItsValue(string command, string value)
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", command));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(value + Environment.NewLine, result.Output);
    }

    [Fact]
    public async Task Run_JobsWithoutCommand_HandOnTheirData()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync("""
            {"name":"root","queueName":"a","data":{"run":"cat"},"children":[
              {"name":"x","queueName":"b","data":{"n":1}},{"name":"y","queueName":"b"},{"name":"z","queueName":"c","data":"text"}]}
            """);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""[{"n":1},null,"text"]""", result.Output.Trim());
    }

    [Fact]
    public async Task Run_RootWithoutCommand_PrintsItsData()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            """{"name":"root","queueName":"q","data":[1, 2],"children":[{"name":"x","queueName":"q"}]}""");

        Assert.Equal("[1, 2]", result.Output.Trim());
    }

    [Fact]
    public async Task Run_Children_ReachTheParentInDeclaredOrder()
    {
        string[] children = [.. Enumerable.Range(0, 20).Select(i => FlowJson.Job($"child {i}", $"echo {i}", queue: $"q{i % 3}"))];

        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("root", "cat", children: children), "--concurrency", "4");

        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, 20))}]", result.Output.Trim());
    }

    [Fact]
    public async Task Run_FailingChildUnderFail_FailsTheRoot()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "echo never", children: [FlowJson.Job("bad", "echo first >&2; echo why >&2; exit 3")]));

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("failed     bad (children[0])", StringComparison.Ordinal) && line.EndsWith("  why", StringComparison.Ordinal));
        Assert.Contains(result.ErrorLines, line => line.StartsWith("failed     root (root)", StringComparison.Ordinal) && line.Contains("bad", StringComparison.Ordinal) && line.Contains("why", StringComparison.Ordinal));
        Assert.StartsWith("failed in ", result.ErrorLines[^1]);
        Assert.EndsWith(": 2 failed", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task Run_FailingChildUnderIgnore_LeavesItsValueOut()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "cat", "q", """{"failParentOnChildFailure":"ignore"}""", FlowJson.Job("a", "echo 1"), FlowJson.Job("bad", "exit 1"), FlowJson.Job("c", "echo 3")));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("[1,3]", result.Output.Trim());
    }

    [Fact]
    public async Task Run_FailingChildUnderRemove_RemovesTheRoot()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "echo never", "q", """{"failParentOnChildFailure":"remove"}""", FlowJson.Job("bad", "echo why >&2; exit 1")));

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("removed    root (root)", StringComparison.Ordinal) && line.Contains("why", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_FailureWithoutWords_SaysTheExitCode()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", "exit 42"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.EndsWith("  exit code 42", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_RootRemovedOnComplete_StillPrintsItsValue()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "cat", "q", """{"removeOnComplete":true}""", FlowJson.Job("a", "echo 1", "q", """{"removeOnComplete":true}""")));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("[1]", result.Output.Trim());
    }

    [Fact]
    public async Task Run_AttemptsLeft_RetriesUntilItSucceeds()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("root", "cat", children: [FlowJson.Job("flaky", "echo x >> tries; [ $(wc -l < tries) -ge 3 ] || exit 9; echo done", "q", """{"attempts":5,"backoff":1}""")]));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""["done"]""", result.Output.Trim());
        Assert.Equal(2, result.ErrorLines.Count(line => line.StartsWith("retrying   flaky", StringComparison.Ordinal)));
        Assert.Contains(result.ErrorLines, line => line.EndsWith("attempt 2 of 5: exit code 9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AttemptsUsedUp_Fails()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", "echo x >> tries; wc -l < tries >&2; exit 1", "q", """{"attempts":3}"""));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("failed", StringComparison.Ordinal) && line.EndsWith("  3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CommandOverItsLimit_IsKilledAndFailsWithAReasonThatNamesIt()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", "sleep 600", "q", """{"timeout":50}"""));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("failed", StringComparison.Ordinal) && line.EndsWith("  took longer than its limit of 50 ms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CommandOverItsLimitWithAttemptsLeft_RunsAgain()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(
            FlowJson.Job("only", "[ -e tried ] && echo done && exit; touch tried; sleep 600", "q", """{"timeout":"5s","attempts":2}"""));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("done", result.Output.Trim());
        Assert.Contains(result.ErrorLines, line => line.EndsWith("attempt 1 of 2: took longer than its limit of 5.0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CommandThatWaitsForItsPlace_DoesNotUseUpItsLimit()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var folder = new TemporaryFolder();
        string path = folder.Write("flow.json", FlowJson.Job(
            "root",
            "true",
            children: [FlowJson.Job("first", "cat pipe", "a"), FlowJson.Job("second", "true", "b", """{"timeout":"1h"}""")]));
        Assert.Equal(0, (await CommandLineRunner.RunFlowAsync(FlowJson.Job("only", $"mkfifo {folder.File("pipe")}"))).ExitCode);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();

        Task<int> run = CommandLineRunner.RunAsync(["run", path, "--concurrency", "1"], new Cli.Commands.Surroundings(output, error) { Clock = clock }, CancellationToken.None);
        await using (FileStream pipe = await Task.Run(() => new FileStream(folder.File("pipe"), FileMode.Open, FileAccess.Write)).WaitAsync(TimeSpan.FromSeconds(30)))
        {
            clock.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal(0, await run);
    }

    [Fact]
    public async Task Run_SameDeduplicationId_RunsOneCommandForAllItsParents()
    {
        const string Options = """{"deduplication":{"id":"x"}}""";
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job(
            "root",
            "cat",
            children:
            [
                FlowJson.Job("left", "cat", children: [FlowJson.Job("shared", "echo x >> runs; wc -l < runs", "q", Options)]),
                FlowJson.Job("right", "cat", children: [FlowJson.Job("again", "echo x >> runs; wc -l < runs", "q", Options)]),
            ]));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("[[1],[1]]", result.Output.Trim());
        Assert.EndsWith(": 5 completed", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task Run_SameDeduplicationIdThatFails_FailsEachParent()
    {
        const string Options = """{"deduplication":{"id":"x"}}""";
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowJson.Job(
            "root",
            "cat",
            "q",
            """{"failParentOnChildFailure":"ignore"}""",
            FlowJson.Job("left", "cat", children: [FlowJson.Job("shared", "echo why >&2; exit 1", "q", Options)]),
            FlowJson.Job("right", "cat", children: [FlowJson.Job("again", "echo why >&2; exit 1", "q", Options)])));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("[]", result.Output.Trim());
        Assert.EndsWith(": 1 completed, 4 failed", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task Run_RootFailsEarly_CancelsWhatHasNotStarted()
    {
        string[] children = [FlowJson.Job("bad", "exit 1"), .. Enumerable.Range(0, 50).Select(i => FlowJson.Job($"later {i}", $"touch later{i}"))];
        using var folder = new TemporaryFolder();
        string path = folder.Write("flow.json", FlowJson.Job("root", "true", children: children));

        CommandLineResult result = await CommandLineRunner.RunAsync("run", path, "--concurrency", "1");

        Assert.Equal(1, result.ExitCode);
        int ran = Directory.GetFiles(folder.Root, "later*").Length;
        Assert.InRange(ran, 0, 49);
        Assert.Contains($"{50 - ran} canceled", result.ErrorLines[^1]);
        Assert.DoesNotContain(result.ErrorLines, line => line.StartsWith("canceled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_LargeFlow_EndsEveryJob()
    {
        string children = string.Join(',', Enumerable.Repeat("""{"name":"x","queueName":"q","data":1}""", 20_000));

        CommandLineResult result = await CommandLineRunner.RunFlowAsync($$"""{"name":"root","queueName":"q","data":2,"children":[{{children}}]}""");

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith(": 20,001 completed", result.ErrorLines[^1]);
    }

    [Fact]
    public async Task Run_DeepFlow_EndsEveryJob()
    {
        CommandLineResult result = await CommandLineRunner.RunFlowAsync(FlowFileText.Chain(1_000));

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith(": 1,000 completed", result.ErrorLines[^1]);
    }
}
