using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>What a command gets and what becomes of what it does.</summary>
public sealed class ShellCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task RunAsync_Command_RunsInTheFolder()
    {
        _folder.Write("here", "yes");

        Assert.Equal("yes", await RunAsync("cat here"));
    }

    [Fact]
    public async Task RunAsync_Parent_GetsTheArrayTwice() =>
        Assert.Equal("[1,2]\n[1,2]", await RunAsync("cat; printf '\\n%s' \"$CONVEYOR_CHILDREN\"", "[1,2]"));

    [Fact]
    public async Task RunAsync_Leaf_GetsNoInputAndNoVariable() =>
        Assert.Equal("none", await RunAsync("cat; printf %s \"${CONVEYOR_CHILDREN-none}\""));

    [Theory]
    [InlineData(100_000, "set")]
    [InlineData(131_053, "set")]
    [InlineData(131_054, "unset")]
    [InlineData(5_000_000, "unset")]
    public async Task RunAsync_LongArray_ComesOnStandardInputAndInTheVariableIfItFits(int length, string variable)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bound of a variable is that of Linux.");
        string array = $"[\"{new string('x', length - 4)}\"]";

        string value = await RunAsync("wc -c; if [ \"${CONVEYOR_CHILDREN+x}\" ]; then echo set; else echo unset; fi", array);

        Assert.Equal([$"{length}", variable], value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task RunAsync_InputNotRead_IsNoFailure() => Assert.Equal("fine", await RunAsync("echo fine", $"[\"{new string('x', 5_000_000)}\"]"));

    [Fact]
    public async Task RunAsync_MuchOnBothPipes_IsReadToTheEnd()
    {
        string value = await RunAsync("i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done");

        Assert.Equal((20_000 * 11) - 1, value.Length);
    }

    [Theory]
    [InlineData("exit 7", "exit code 7")]
    [InlineData("echo out; exit 7", "exit code 7")]
    [InlineData("echo one >&2; echo two >&2; echo >&2; exit 7", "two")]
    [InlineData("kill -9 $$", "exit code 137")]
    public async Task RunAsync_Failure_HasTheLastLineOrTheExitCode(string command, string reason)
    {
        CommandFailedException failure = await Assert.ThrowsAsync<CommandFailedException>(() => RunAsync(command));

        Assert.Equal(reason, failure.Message);
    }

    [Fact]
    public async Task RunAsync_MissingFolder_IsAFailureWithReason()
    {
        var command = new ShellCommand("true", _folder.File("none"), children: null);

        CommandFailedException failure = await Assert.ThrowsAsync<CommandFailedException>(() => command.RunAsync(CancellationToken.None));

        Assert.StartsWith("the shell could not be started: ", failure.Message);
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsStopped()
    {
        CommandFailedException failure = await Assert.ThrowsAsync<CommandFailedException>(() => RunAsync("yes"));

        Assert.Equal("wrote more than 64 MiB to standard output", failure.Message);
    }

    [Fact]
    public async Task RunAsync_TokenAlreadyFired_StartsNothing()
    {
        var command = new ShellCommand("touch ran", _folder.Root, children: null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.RunAsync(new CancellationToken(canceled: true)));

        Assert.False(File.Exists(_folder.File("ran")));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> RunAsync(string command, string? children = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are written for sh.");
        JobValue? values = children is null ? null : new JobValue(System.Text.Encoding.UTF8.GetBytes(children));
        JobValue value = await new ShellCommand(command, _folder.Root, values).RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        return value.ToString();
    }
}
