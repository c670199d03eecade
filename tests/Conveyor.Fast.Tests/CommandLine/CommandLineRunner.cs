using Conveyor.Fast.Cli;
using Conveyor.Fast.Cli.Commands;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Runs the command line inside the test, without a process around it.</summary>
internal static class CommandLineRunner
{
    /// <summary>Far more than any test needs: only a run that hangs meets it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    public static async Task<CommandLineResult> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await RunAsync(args, new Surroundings(output, error), CancellationToken.None);
        return new CommandLineResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a flow file that the test gives as text.</summary>
    public static async Task<CommandLineResult> RunFlowAsync(string json, params string[] options)
    {
        using var folder = new TemporaryFolder();
        return await RunAsync(["run", folder.Write("flow.json", json), .. options]);
    }

    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands of these flows are written for sh.");
        try
        {
            return await ConveyorCommandLine.RunAsync(args, surroundings, cancellationToken).WaitAsync(s_limit, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No end after {s_limit}. Standard error so far:{Environment.NewLine}{surroundings.Error}");
        }
    }
}
