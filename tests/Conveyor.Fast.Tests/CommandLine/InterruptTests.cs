using Conveyor.Fast.Cli.Commands;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>What Ctrl-C does, here as the token that it fires.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _interrupt = new();

    [Fact]
    public async Task Run_Interrupted_KillsTheProcessTreeAndExits130()
    {
        // The blocker starts a process that holds one end of a pipe; the witness ends when the blocker has come so far.
        string path = _folder.Write("flow.json", FlowJson.Job(
            "root",
            "true",
            children:
            [
                FlowJson.Job("blocker", "mkfifo pipe 2> /dev/null; mkfifo alive; sleep 600 3> alive & echo > pipe; wait"),
                FlowJson.Job("witness", "mkfifo pipe 2> /dev/null; cat pipe"),
                FlowJson.Job("later", "touch ran", options: """{"priority":9}"""),
                FlowJson.Job("last", "touch ran", options: """{"priority":9}""", children: [FlowJson.Job("before last", "sleep 600")]),
            ]));
        using var output = new StringWriter();
        using var error = new SignalingWriter("completed  witness");

        Task<int> run = CommandLineRunner.RunAsync(["run", path, "--concurrency", "2"], new Surroundings(output, error), _interrupt.Token);
        await Task.WhenAny(run, error.Seen);
        await using Stream alive = await WithinLimit(() => File.OpenRead(_folder.File("alive")));
        await _interrupt.CancelAsync();

        Assert.Equal(130, await run);
        Assert.Empty(output.ToString());
        Assert.Contains("interrupted in ", error.ToString());
        Assert.False(File.Exists(_folder.File("ran")));

        // The pipe ends when nobody holds its other end.
        Assert.Equal(-1, await WithinLimit(alive.ReadByte));
    }

    [Fact]
    public async Task Run_InterruptedWithJson_TellsWhatHadEnded()
    {
        string path = _folder.Write("flow.json", FlowJson.Job(
            "root",
            "true",
            children:
            [
                FlowJson.Job("done", "echo 1"),
                FlowJson.Job("blocker", "mkfifo pipe 2> /dev/null; echo > pipe; exec sleep 600"),
                FlowJson.Job("witness", "mkfifo pipe 2> /dev/null; cat pipe"),
            ]));
        using var output = new StringWriter();
        using var error = new SignalingWriter("completed  witness");

        Task<int> run = CommandLineRunner.RunAsync(["run", path, "--json", "--concurrency", "3"], new Surroundings(output, error), _interrupt.Token);
        await Task.WhenAny(run, error.Seen);
        await _interrupt.CancelAsync();

        Assert.Equal(130, await run);
        using var json = System.Text.Json.JsonDocument.Parse(output.ToString());
        Assert.True(json.RootElement.GetProperty("interrupted").GetBoolean());
        Assert.Equal("canceled", json.RootElement.GetProperty("state").GetString());
        Assert.Equal("interrupted", json.RootElement.GetProperty("jobs")[2].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Run_InterruptedBeforeTheStart_RunsNothing()
    {
        string path = _folder.Write("flow.json", FlowJson.Job("only", "touch ran"));
        await _interrupt.CancelAsync();
        using var output = new StringWriter();
        using var error = new StringWriter();

        int exitCode = await CommandLineRunner.RunAsync(["run", path], new Surroundings(output, error), _interrupt.Token);

        Assert.Equal(130, exitCode);
        Assert.False(File.Exists(_folder.File("ran")));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _interrupt.Dispose();
    }

    /// <summary>For calls that block: a pipe's end waits for the other one.</summary>
    private static Task<T> WithinLimit<T>(Func<T> call) => Task.Run(call).WaitAsync(TimeSpan.FromSeconds(30));
}
