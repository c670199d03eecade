namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A worker as the rules speak of it.</summary>
internal sealed class ReferenceWorker(string name, string queue, int concurrency)
{
    public string Name => name;

    public string Queue => queue;

    public int Concurrency { get; set; } = concurrency;

    public bool IsPaused { get; set; }

    public int Active { get; set; }

    public bool MayStart => !IsPaused && Active < Concurrency;
}
