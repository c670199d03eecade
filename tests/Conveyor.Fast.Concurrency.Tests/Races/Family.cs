namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>The jobs of one trial by their ids: a parent and its one or two children; 0 for none.</summary>
internal readonly record struct Family(long Parent, long First, long Second);
