using System.CommandLine;
using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.Commands;

/// <summary><c>conveyor validate FILE</c></summary>
internal static class ValidateCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> file = FlowFileArgument.Create();
        var command = new Command("validate", "Checks a flow file without running it.") { file };
        command.SetAction((parsed, cancellationToken) => ValidateAsync(parsed.GetRequiredValue(file), surroundings, cancellationToken));
        return command;
    }

    private static async Task<int> ValidateAsync(string path, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (await FlowFileArgument.LoadAsync(path, surroundings, cancellationToken) is not { } file)
        {
            return ExitCodes.BadInput;
        }

        surroundings.Output.WriteLine(
            $"{OneLine.Of(path)}: {Count(file.Jobs.Count, "job")} on {Count(file.Levels, "level")} in {Count(file.Queues.Count, "queue")}");
        return ExitCodes.Completed;
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count:N0} {noun}s";
}
