namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>One pumped worker.</summary>
internal sealed record WorkerPlan(string Queue, int Concurrency)
{
    /// <summary>Minutes that a run over its time limit may take to return; null for any time.</summary>
    public int? AbandonAfter { get; init; }

    public override string ToString() => $"new WorkerPlan(\"{Queue}\", {Concurrency}){(AbandonAfter is { } minutes ? $" {{ AbandonAfter = {minutes} }}" : "")}";
}
