using System.Runtime.InteropServices;
using Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Runs a scenario under many schedules, up to the first that it does not stand.</summary>
internal sealed class Explore : IDisposable
{
    /// <summary>So many racing steps a thread, and all orders are run, however many there are.</summary>
    public const int ShortUnit = 12;

    private const int MostTriesAgain = 50;
    private readonly ThreadCrew _crew = new();
    private readonly RaceWatch _watch = new();

    /// <summary>Executions so far, without those thrown away.</summary>
    public int Executions { get; private set; }

    /// <summary>Executions thrown away because the collector ran in them.</summary>
    public int Discarded { get; private set; }

    /// <summary>The most steps that one thread took, in the systematic schedules, to places where another could race with them. A late store is one, with its flush.</summary>
    public int RacingSteps { get; private set; }

    /// <summary>The plain accesses that were found to race.</summary>
    public IReadOnlyCollection<int> Steps => _watch.Steps;

    /// <summary>So many random schedules: walks and priorities, with store buffers and without, in turn.</summary>
    public Finding? Random(Scenario scenario, int schedules, int firstSeed = 0)
    {
        int length = 40;
        for (int number = firstSeed; number < firstSeed + schedules; number++)
        {
            _watch.Learn();
            bool buffered = number % 2 != 0;
            Seed seed = number % 4 < 2 ? Seed.Walk(number, buffered, _watch.Steps) : Seed.Priorities(number, length, buffered, _watch.Steps);
            if (Run(scenario, seed.ToSchedule(), buffered, out Execution execution) is { } fault)
            {
                return Found(scenario, seed, fault, execution);
            }

            length = execution.Trace.Count;
        }

        return null;
    }

    /// <summary>All schedules that differ in the order of racing steps; at most so many executions, except for a short unit.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="most">Where to give up.</param>
    /// <param name="buffered">With store buffers.</param>
    /// <param name="isComplete">Whether all were run.</param>
    /// <param name="preemptions">Null for all; else those with at most so many.</param>
    public Finding? All(Scenario scenario, int most, bool buffered, out bool isComplete, int? preemptions = null)
    {
        _watch.Learn();
        DepthFirst schedule = new(preemptions);
        for (int run = 0; run < most || RacingSteps <= ShortUnit; run++)
        {
            if (Run(scenario, schedule, buffered, out Execution execution) is { } fault)
            {
                isComplete = false;
                return Found(scenario, Seed.Path(execution, buffered), fault, execution);
            }

            RacingSteps = Math.Max(RacingSteps, RacingStepsOf(execution));
            if (_watch.Learn())
            {
                schedule = new DepthFirst(preemptions); // What was tried knew fewer steps.
            }
            else if (!schedule.Advance(execution))
            {
                isComplete = true;
                return null;
            }
        }

        isComplete = false;
        return null;
    }

    /// <summary>One schedule again.</summary>
    public Finding? Replay(Scenario scenario, Seed seed)
    {
        _watch.Use(seed.Steps);
        return Run(scenario, seed.ToSchedule(), seed.BuffersStores, out Execution execution) is { } fault ? Found(scenario, seed, fault, execution) : null;
    }

    public void Dispose() => _crew.Dispose();

    private string? Run(Scenario scenario, ISchedule schedule, bool buffered, out Execution execution)
    {
        for (int tries = 0; ; tries++)
        {
            schedule.Begin();
            Play play = new();
            scenario.Arrange(play);
            execution = new Execution(schedule, buffered, _watch);
            foreach ((string name, Action body) in play.Threads)
            {
                execution.Add(name, body);
            }

            int collections = GC.CollectionCount(0);
            execution.Run(_crew);
            if (GC.CollectionCount(0) != collections && tries < MostTriesAgain)
            {
                Discarded++; // Places are addresses, and the collector may have moved them.
                continue;
            }

            Executions++;
            return execution.Fault ?? play.Check();
        }
    }

    private static int RacingStepsOf(Execution execution)
    {
        ReadOnlySpan<TraceLine> trace = CollectionsMarshal.AsSpan(execution.Trace);
        int[] counts = new int[execution.Agents.Count];
        foreach (ref readonly TraceLine line in trace)
        {
            counts[line.Agent] += line.Step.Kind != StepKind.Store && IsRaced(line, trace) ? 1 : 0;
        }

        return counts.Max();
    }

    private static bool IsRaced(in TraceLine line, ReadOnlySpan<TraceLine> trace)
    {
        foreach (ref readonly TraceLine other in trace)
        {
            if (other.Agent != line.Agent && other.Step.Races(line.Step))
            {
                return true;
            }
        }

        return false;
    }

    private static Finding Found(Scenario scenario, Seed seed, string fault, Execution execution) =>
        new(scenario, seed, fault, TracePrinter.Print(execution));
}
