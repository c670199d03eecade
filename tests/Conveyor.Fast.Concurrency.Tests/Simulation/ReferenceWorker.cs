namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A worker as the rules speak of it.</summary>
internal sealed class ReferenceWorker(string name, WorkerPlan plan)
{
    public string Name => name;

    public string Queue => plan.Queue;

    public int Concurrency { get; set; } = plan.Concurrency;

    /// <summary>Rule 21: how long a run that is over its time limit may take to return; null for any time.</summary>
    public TimeSpan? AbandonAfter => plan.AbandonAfter is { } minutes ? TimeSpan.FromMinutes(minutes) : null;

    public bool IsPaused { get; set; }

    /// <summary>It takes no more jobs, for good.</summary>
    public bool IsClosed { get; set; }

    /// <summary>All that it ran when it was closed has ended.</summary>
    public bool HasClosed { get; set; }

    public List<ReferenceRun> Running { get; } = [];

    /// <summary>Runs on this worker whose handlers have closed it.</summary>
    public HashSet<ReferenceRun> Closers { get; } = [];

    /// <summary>When handlers that a forced close has told to end are not waited for any longer.</summary>
    public List<TimeSpan> LastMoments { get; } = [];

    public List<ReferenceWait> Closes { get; } = [];

    public bool MayTake => !IsPaused && !IsClosed;

    public bool MayStart => MayTake && Running.Count < Concurrency;
}
