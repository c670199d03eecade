namespace Conveyor.Fast.Tests.CommandLine;

public sealed class HelpTests
{
    [Fact]
    public async Task Help_OfEverything_NamesTheCommands()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("run <FILE>", result.Output);
        Assert.Contains("validate <FILE>", result.Output);
        Assert.DoesNotContain("Exit codes:", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Help_OfRun_SaysWhatConcurrencyAndExitCodesMean()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("run", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("over all queues together", result.Output);
        Assert.Contains("CONVEYOR_CHILDREN", result.Output);
        Assert.Contains("Exit codes:", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Version_Asked_IsOneLine()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(result.Output.Trim());
    }
}
