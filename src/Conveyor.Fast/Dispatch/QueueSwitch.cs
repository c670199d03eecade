using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// A queue's pause. It stands in the switches of all its workers, so a loop that takes asks for one field whoever paused it;
/// a worker that is made while the queue is paused begins with it.
/// </summary>
internal sealed class QueueSwitch
{
    private readonly Lock _lock = new(); // Before the workers' own; no user code runs under either.
    private WorkerCore[] _workers = [];
    private bool _isPaused;

    public bool IsPaused => Atomic.Read(ref _isPaused);

    /// <summary>A worker that has not started yet.</summary>
    public void Add(WorkerCore worker)
    {
        lock (_lock)
        {
            _workers = [.. _workers, worker];
            if (_isPaused)
            {
                worker.PauseByQueue();
            }
        }
    }

    /// <summary>A worker that is closed and takes no more.</summary>
    public void Remove(WorkerCore worker)
    {
        lock (_lock)
        {
            _workers = [.. _workers.Where(other => other != worker)];
        }
    }

    /// <summary>Returns when no loop of the queue's workers is in a take any more. False if it was paused before.</summary>
    public bool Pause()
    {
        WorkerCore[] workers;
        bool isNew;
        lock (_lock)
        {
            isNew = !_isPaused;
            Atomic.Write(ref _isPaused, true);
            workers = _workers;
            Array.ForEach(workers, static worker => worker.PauseByQueue());
        }

        WorkerCore.LeaveTakes(workers); // Also where another call has paused it: that one may still wait.
        return isNew;
    }

    /// <summary>False if it was not paused.</summary>
    public bool Resume()
    {
        lock (_lock)
        {
            bool wasPaused = _isPaused;
            Atomic.Write(ref _isPaused, false);
            Array.ForEach(_workers, static worker => worker.ResumeByQueue());
            return wasPaused;
        }
    }
}
