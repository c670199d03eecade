namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>A pair that is raced; a decisive one may settle an edge from both sides.</summary>
internal sealed record PairRace(string Name, bool IsDecisive, Func<PairRun> Make);
