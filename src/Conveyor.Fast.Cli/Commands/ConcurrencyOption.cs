using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.Commands;

/// <summary>The option <c>--concurrency</c>: one number for the whole run, as the machine is what the commands share.</summary>
internal static class ConcurrencyOption
{
    private const int Max = 1_000;

    public static Option<int> Create() => new("--concurrency", "-c")
    {
        HelpName = "N",
        Description = "How many commands run at once, over all queues together. Each queue has a worker of its own, and all of them share this number. Without it: the number of processors.",
        DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, Max),
        CustomParser = Parse,
    };

    private static int Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= Max)
        {
            return number;
        }

        result.AddError($"--concurrency: must be a whole number from 1 to {Max:N0}, but is '{OneLine.Of(text)}'");
        return 1;
    }
}
