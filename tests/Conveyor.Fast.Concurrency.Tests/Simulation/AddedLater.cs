namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What somebody who waited for room has added.</summary>
internal sealed record AddedLater(string Name, JobHandle? Job, FlowResult? Flow);
