namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>A schedule under which a scenario does not hold.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Seed">Replays it.</param>
/// <param name="Fault">What does not hold.</param>
/// <param name="Trace">The steps, one a line.</param>
internal sealed record Finding(Scenario Scenario, Seed Seed, string Fault, string Trace)
{
    public override string ToString() => $"""
        {Scenario.Name}: {Fault}
        replay with the seed "{Seed}"
        {Trace}
        """;
}
