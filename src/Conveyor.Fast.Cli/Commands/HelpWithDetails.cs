using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Conveyor.Fast.Cli.Commands;

/// <summary>The usual help, followed by what a line beside a name has no room for.</summary>
internal sealed class HelpWithDetails(SynchronousCommandLineAction usual, Command command, string details) : SynchronousCommandLineAction
{
    /// <summary>Help is asked for when a command line is not complete yet.</summary>
    public override bool ClearsParseErrors => true;

    /// <param name="root">Owns the option that asks for help.</param>
    /// <param name="command">Whose help gets the details.</param>
    /// <param name="details">Lines of at most 80 columns.</param>
    public static void AddTo(RootCommand root, Command command, string details)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithDetails((SynchronousCommandLineAction)help.Action!, command, details);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int result = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command == command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(details);
        }

        return result;
    }
}
