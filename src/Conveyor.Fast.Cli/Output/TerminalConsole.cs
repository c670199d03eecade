using Spectre.Console;

namespace Conveyor.Fast.Cli.Output;

/// <summary>The terminal behind standard error, if there is one that can be drawn on.</summary>
internal static class TerminalConsole
{
    public static IAnsiConsole? TryOpen()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Profile.Capabilities is { Ansi: true, Interactive: true } ? terminal : null;
    }
}
