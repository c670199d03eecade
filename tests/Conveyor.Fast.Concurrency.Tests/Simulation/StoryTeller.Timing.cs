namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Steps about time.</summary>
internal sealed partial class StoryTeller
{
    private readonly bool _hasDelays;

    private Operation MakeTiming() => _random.Next(6) switch
    {
        < 3 => new Operation.AdvanceToDue(),
        3 => new Operation.Promote(Name()),
        4 => new Operation.ChangeDelay(Name(), _random.Next(1, 6)),
        _ => new Operation.PromoteJobs(Queue()),
    };

    private Operation MakeTimingInside() => _random.Next(4) switch
    {
        0 => new Operation.Advance(_random.Next(1, 4)),
        1 => new Operation.PromoteJobs(Queue()),
        2 => new Operation.ChangeDelay(Name(), _random.Next(1, 6)),
        _ => new Operation.Promote(Name()),
    };
}
