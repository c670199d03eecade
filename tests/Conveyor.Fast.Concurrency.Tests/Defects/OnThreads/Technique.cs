using Conveyor.Fast.Concurrency.Tests.Linearizability;
using Conveyor.Fast.Concurrency.Tests.Races;
using Conveyor.Fast.Concurrency.Tests.Simulation;

namespace Conveyor.Fast.Concurrency.Tests.Defects.OnThreads;

/// <summary>A technique beside the explorer. Each of its parts throws when it finds something.</summary>
internal sealed record Technique(string Name, IReadOnlyDictionary<string, Action> Parts)
{
    public static readonly Technique[] All =
    [
        new("Linearizability", Specimens.Names.ToDictionary(static name => name, static name => (Action)(() => Specimens.Play(name)))),
        new("Simulation", new Dictionary<string, Action> { ["stories"] = static () => Assert.Null(Stories.FirstFailing()) }),
        new("Races", PairTable.Races.ToDictionary(static race => race.Name, static race => (Action)race.Play)),
    ];

    public static Action Part(string name) => All.SelectMany(static technique => technique.Parts).Single(part => part.Key == name).Value;
}
