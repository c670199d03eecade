using System.CommandLine;
using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.Commands;

/// <summary>The argument FILE, and how its errors are told.</summary>
internal static class FlowFileArgument
{
    public static Argument<string> Create() => new("FILE") { Description = "The flow: a job in JSON with name, queueName, data, opts and children." };

    /// <returns>Null when the file is bad input, after one line on standard error that says why.</returns>
    public static async Task<FlowFile?> LoadAsync(string path, Surroundings surroundings, CancellationToken cancellationToken)
    {
        try
        {
            return await FlowFileLoader.LoadAsync(path, cancellationToken);
        }
        catch (FlowFileException exception)
        {
            Report(path, exception, surroundings);
            return null;
        }
    }

    public static void Report(string path, FlowFileException exception, Surroundings surroundings)
    {
        string line = exception.Line is { } number ? $":{number}" : "";
        surroundings.Error.WriteLine($"{OneLine.Of(path)}{line}: {OneLine.Of(exception.Message)}");
    }
}
