namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>All that can be told of a trial afterwards: what both sides were told, where the jobs stand, the open edges.</summary>
internal readonly record struct Outcome(Fate A, Fate B, Member Parent, Member First, Member Second, int OpenEdges);
