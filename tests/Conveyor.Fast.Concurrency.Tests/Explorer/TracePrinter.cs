using System.Globalization;
using System.Text;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Writes an execution down, one step a line, for reading.</summary>
internal static class TracePrinter
{
    private static readonly (long Flag, string Name)[] s_flags =
    [
        .. from field in typeof(StateWord).GetFields()
           where field.IsLiteral && field.FieldType == typeof(long) && !field.Name.EndsWith("Mask", StringComparison.Ordinal)
           let value = (long)field.GetRawConstantValue()!
           where (value & StateWord.FlagsMask) == value && long.PopCount(value) == 1
           select (value, field.Name),
    ];

    public static string Print(Execution execution)
    {
        StringBuilder text = new();
        Dictionary<nint, int> places = [];
        long firstStep = 0;
        for (int i = 0; i < execution.Trace.Count; i++)
        {
            TraceLine line = execution.Trace[i];
            Step step = line.Step;
            string name = execution.Agents[line.Agent].Name;
            string who = line.Choice == line.Agent ? name : name + "'s buffer";
            string where = step.File.Length == 0 ? step.Member : $"{System.IO.Path.GetFileNameWithoutExtension(step.File)}.{step.Member}";
            string place = step.Place == 0 ? "" : $" @{Number(places, step.Place)}";
            bool isWord = step.What.EndsWith("Word", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{i,4}  {who,-18} {where,-34} {step.Kind} {step.What}{place}");
            if (line.Before is not null || line.After is not null)
            {
                text.Append(": ").Append(Say(line.Before, isWord, ref firstStep));
                if (step.Kind is not StepKind.Read)
                {
                    text.Append(Equals(line.Before, line.After) ? " (unchanged)" : " -> " + Say(line.After, isWord, ref firstStep));
                }
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static int Number(Dictionary<nint, int> places, nint place)
    {
        if (!places.TryGetValue(place, out int number))
        {
            places.Add(place, number = places.Count + 1);
        }

        return number;
    }

    private static string Say(object? value, bool isWord, ref long firstStep) => value switch
    {
        null => "null",
        long word when isWord => Word(word, ref firstStep),
        long or int or bool or string => value.ToString()!,
        _ => value.GetType().Name,
    };

    /// <summary>State, step counted from the first one seen, and flags.</summary>
    private static string Word(long word, ref long firstStep)
    {
        long step = word >> StateWord.StepShift;
        firstStep = firstStep == 0 ? step : firstStep;
        long state = StateWord.State(word);
        string name = state == StateWord.Gone ? nameof(StateWord.Gone) : state == StateWord.Free ? nameof(StateWord.Free) : ((JobState)state).ToString();
        return $"{name}#{step - firstStep}" + string.Concat(s_flags.Where(flag => (word & flag.Flag) != 0).Select(static flag => "+" + flag.Name));
    }
}
