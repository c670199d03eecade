namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>What a user sees of one call of the command line.</summary>
internal sealed record CommandLineResult(int ExitCode, string Output, string Error)
{
    public string[] ErrorLines => Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
