namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>What is left of one job after a trial: where it stands, its open edges and priority, how many tickets name its stay, what was heard of it.</summary>
internal readonly record struct Member(JobState State, int OpenEdges, int Priority, int Tickets, int Ends, int Removals);
