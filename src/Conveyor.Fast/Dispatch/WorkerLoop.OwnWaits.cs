using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <content>A handler that waits for the handlers of its own worker: nobody who does the same may wait for it.</content>
internal abstract partial class WorkerLoop
{
    private readonly Lock _ownWaits = new();
    private long _closing; // The run that has closed its own worker, by its handler.
    private long _pausing; // The run that waits for a pause of its own worker, by its handler.
    private int _pauses; // How many such waits the run has; under the lock, as what is written above.

    /// <summary>Whether its handler has closed its own worker, and so must not be waited for by a close.</summary>
    public bool ClosesOwnWorker => IsInHandler && Atomic.Read(ref _closing) == Atomic.Read(ref _number);

    /// <summary>Whether its handler waits for its own worker in either way, and so must not be waited for by a pause from inside.</summary>
    public bool AwaitsOwnWorker => ClosesOwnWorker || (IsInHandler && Atomic.Read(ref _pausing) == Atomic.Read(ref _number));

    /// <summary>The handler that runs closes its own worker: that is for good.</summary>
    public void CloseOwnWorker()
    {
        if (CurrentRun is not 0 and var run)
        {
            Atomic.Write(ref _closing, run);
        }
    }

    /// <summary>The handler that runs begins to wait for a pause of its own worker; it may do so several times at once. Returns its run, or 0.</summary>
    public long BeginOwnPause()
    {
        lock (_ownWaits)
        {
            long run = CurrentRun;
            if (run != 0)
            {
                _pauses = _pausing == run ? _pauses + 1 : 1;
                Atomic.Write(ref _pausing, run);
            }

            return run;
        }
    }

    /// <summary>One such wait of a run is over. What a run that has ended left behind is no other's.</summary>
    public void EndOwnPause(long run)
    {
        lock (_ownWaits)
        {
            if (run != 0 && _pausing == run && --_pauses == 0)
            {
                Atomic.Write(ref _pausing, 0);
            }
        }
    }
}
