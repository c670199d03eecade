using Spectre.Console;

namespace Conveyor.Fast.Cli.Commands;

/// <summary>What the command line talks to. Tests give their own.</summary>
/// <param name="Output">Gets the root's value and nothing else.</param>
/// <param name="Error">Gets progress and errors.</param>
/// <param name="Terminal">Where the live tree is drawn; null writes plain lines to <paramref name="Error"/> instead.</param>
internal sealed record Surroundings(TextWriter Output, TextWriter Error, IAnsiConsole? Terminal = null)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
