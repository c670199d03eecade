using System.Diagnostics;
using Conveyor.Fast.Throughput;
using Conveyor.Fast.Throughput.Measuring;
using Conveyor.Fast.Throughput.Reporting;

const int WrongAnswer = 1;
const int BadInput = 2;

if (!ProgramOptions.TryParse(args, out ProgramOptions? options))
{
    Console.Error.WriteLine(ProgramOptions.Usage);
    return BadInput;
}

Scenario[] scenarios = [.. Catalogue.Scenarios.Where(scenario => scenario.Matches(options.Only))];
if (scenarios.Length == 0)
{
    Console.Error.WriteLine($"No scenario or baseline has '{options.Only}' in its name.");
    return BadInput;
}

WarnIfDebugging();

var meter = new Meter(programTime: TimeSpan.FromSeconds(115));
var rows = new Row[scenarios.Length];
int rowsToCome = rows.Length;
try
{
    foreach ((int place, Scenario scenario) in scenarios.Index().OrderByDescending(entry => entry.Item.NeedsFreshProcess))
    {
        Console.Error.WriteLine($"measuring {scenario.Name}");
        rows[place] = meter.Measure(scenario, --rowsToCome);
    }
}
catch (WrongAnswerException wrong)
{
    Console.Error.WriteLine($"Wrong answer. {wrong.Message}");
    return WrongAnswer;
}

if (options.Json)
{
    using Stream output = Console.OpenStandardOutput();
    Report.WriteJson(output, rows);
}
else
{
    Report.WriteTable(Console.Out, rows);
}

return 0;

[Conditional("DEBUG")]
static void WarnIfDebugging() => Console.Error.WriteLine("A debug build: its figures mean nothing. Use -c Release.");
