namespace Conveyor.Fast;

/// <summary>Where a worker's loops run.</summary>
public enum WorkerMode
{
    /// <summary>On the thread pool; an idle loop holds no thread. The default.</summary>
    ThreadPool,

    /// <summary>Each on a background thread of its own.</summary>
    Dedicated,

    /// <summary>Inside <see cref="JobStore.Pump()"/>, on the caller's thread.</summary>
    Pumped,
}
