namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A worker as the rules speak of it.</summary>
internal sealed class ReferenceWorker(string name, string queue, int concurrency)
{
    public string Name => name;

    public string Queue => queue;

    public int Concurrency { get; set; } = concurrency;

    public bool IsPaused { get; set; }

    /// <summary>It takes no more jobs, for good.</summary>
    public bool IsClosed { get; set; }

    /// <summary>All that it ran when it was closed has ended.</summary>
    public bool HasClosed { get; set; }

    public List<ReferenceJob> Running { get; } = [];

    /// <summary>Jobs whose handlers on this worker have closed it.</summary>
    public HashSet<ReferenceJob> Closers { get; } = [];

    public List<ReferenceWait> Closes { get; } = [];

    public bool MayTake => !IsPaused && !IsClosed;

    public bool MayStart => MayTake && Running.Count < Concurrency;
}
