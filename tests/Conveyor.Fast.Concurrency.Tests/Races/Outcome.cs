namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>All that can be told of a trial afterwards: what both sides were told, how the family's jobs are left, and the parents that attached to one of them.</summary>
internal readonly record struct Outcome(Fate A, Fate B, Member Parent, Member First, Member Second, Member GuestOfA, Member GuestOfB);
