using System.CommandLine;
using Conveyor.Fast.Cli.Commands;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli;

/// <summary>The whole command line without the process around it.</summary>
internal static class ConveyorCommandLine
{
    /// <param name="args">What stands after <c>conveyor</c>.</param>
    /// <param name="surroundings">Where output goes.</param>
    /// <param name="cancellationToken">The interrupt: kills what runs and cancels the flow.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken)
    {
        Command run = RunCommand.Create(surroundings);
        var root = new RootCommand("Runs flows: trees of jobs in which a parent waits for its children.")
        {
            run,
            ValidateCommand.Create(surroundings),
        };
        HelpWithDetails.AddTo(root, run, RunCommand.Details);

        // A file may be called @something.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            surroundings.Error.WriteLine($"conveyor: {OneLine.Of(parsed.Errors[0].Message).TrimEnd('.')}; see conveyor --help");
            return ExitCodes.BadInput;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = surroundings.Output,
                    Error = surroundings.Error,
                    EnableDefaultExceptionHandler = false,

                    // Signals are the caller's: here only the token counts.
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException exception)
        {
            // Standard output may be a file on a full disk. Whatever else gets here is a fault of this program and shows itself.
            surroundings.Error.WriteLine($"conveyor: {OneLine.Of(exception.Message)}");
            return ExitCodes.Failed;
        }
    }
}
