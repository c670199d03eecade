using System.Diagnostics.CodeAnalysis;

namespace Conveyor.Fast.Throughput;

/// <summary>What the program was asked for.</summary>
internal sealed record ProgramOptions
{
    public const string Usage = """
        Usage: Conveyor.Fast.Throughput [--json] [--only TEXT]
          --json       print an array of objects instead of the table
          --only TEXT  only rows with TEXT in the scenario's or the baseline's name
        """;

    public bool Json { get; private init; }

    public string Only { get; private init; } = "";

    public static bool TryParse(ReadOnlySpan<string> arguments, [NotNullWhen(true)] out ProgramOptions? options)
    {
        options = null;
        var read = new ProgramOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--json":
                    read = read with { Json = true };
                    break;
                case "--only" when i + 1 < arguments.Length:
                    read = read with { Only = arguments[++i] };
                    break;
                default:
                    return false;
            }
        }

        options = read;
        return true;
    }
}
