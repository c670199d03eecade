namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Jobs that are run for their values.</summary>
internal sealed partial class StoryTeller
{
    private readonly bool _hasRuns; // A few stories have many, so that waits and slots are used again.
    private readonly List<string> _tokens = [];

    private Operation MakeForValue() => _random.Next(10) switch
    {
        < 4 => MakeRunForValue(inside: false),
        < 7 => new Operation.Pump(),
        < 9 => new Operation.Wait(Name(), null),
        _ => MakeFireToken(),
    };

    private Operation MakeAddInside() => _hasRuns && Chance(2) ? MakeRunForValue(inside: true) : MakeAdd(inside: true);

    private Operation.Run MakeRunForValue(bool inside)
    {
        JobPlan job = MakeJob(Queue(), inside);
        bool hasToken = Chance(3);
        if (hasToken)
        {
            _tokens.Add(job.Name);
        }

        return new Operation.Run(job, hasToken);
    }

    /// <summary>One of the youngest.</summary>
    private Operation.FireToken MakeFireToken() => new(_tokens.Count == 0 ? "j1" : _tokens[Math.Max(0, _tokens.Count - _random.Next(1, 5))]);
}
