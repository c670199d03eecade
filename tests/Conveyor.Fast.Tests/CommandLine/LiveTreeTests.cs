using Conveyor.Fast.Cli.Commands;
using Spectre.Console;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>The tree on a terminal; the last picture stands at the end of what was drawn.</summary>
public sealed class LiveTreeTests
{
    [Fact]
    public async Task Run_OnATerminal_LeavesTheWholeTree()
    {
        string drawn = await DrawAsync(FlowJson.Job("root", "cat", "q", """{"failParentOnChildFailure":"ignore"}""", FlowJson.Job("good [bold]", "echo 1"), FlowJson.Job("bad", "echo '[red]why' >&2; exit 1")), height: 24);

        Assert.Contains("root", drawn);
        Assert.Contains("good [bold]", drawn);
        Assert.Contains("[red]why", drawn);
        Assert.DoesNotContain(" more", drawn);
    }

    [Fact]
    public async Task Run_FlowLargerThanTheTerminal_CountsTheRest()
    {
        string children = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $$"""{"name":"child {{i}}","queueName":"q"}"""));

        string drawn = await DrawAsync($$"""{"name":"root","queueName":"q","children":[{{children}}]}""", height: 12);

        Assert.Contains("and 1,996 more", drawn);
        Assert.DoesNotContain("child 5 ", drawn);
    }

    [Fact]
    public async Task Run_FlowDeeperThanTheTerminalIsWide_CountsTheRest()
    {
        string drawn = await DrawAsync(FlowFileText.Chain(300), height: 500);

        Assert.Contains("and 1 more", drawn);
    }

    private static async Task<string> DrawAsync(string flow, int height)
    {
        using var folder = new TemporaryFolder();
        using var screen = new StringWriter();
        using var output = new StringWriter();
        using var error = new StringWriter();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(screen),
        });
        terminal.Profile.Width = 100;
        terminal.Profile.Height = height;

        int exitCode = await CommandLineRunner.RunAsync(["run", folder.Write("flow.json", flow)], new Surroundings(output, error, terminal), CancellationToken.None);

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(output.ToString());
        Assert.StartsWith("completed in ", error.ToString());
        return screen.ToString();
    }
}
