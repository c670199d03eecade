namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>One pumped worker.</summary>
internal sealed record WorkerPlan(string Queue, int Concurrency)
{
    public override string ToString() => $"new WorkerPlan(\"{Queue}\", {Concurrency})";
}
