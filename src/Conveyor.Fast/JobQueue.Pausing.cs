using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <content>A pause of the whole queue.</content>
public sealed partial class JobQueue
{
    /// <summary>Whether the queue is paused. A worker of its own may be paused as well: <see cref="Worker.IsPaused"/>.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool IsPaused => TryUse(out AdmissionQueue queue) && queue.Ready.Switch.IsPaused;

    /// <summary>
    /// Pauses the queue: after the call has returned none of its jobs starts, on whatever worker, also one that is made later.
    /// What runs goes on, and jobs are added, fall due and are promoted as ever; they wait. Harmless if it is paused. A pause
    /// of a worker is another one: each is resumed by itself. May be called from inside a handler of the queue.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public void Pause()
    {
        ReadyQueue queue = Use().Ready;
        if (queue.Switch.Pause())
        {
            Announce(queue.Ledger, JobEventType.Paused);
        }
    }

    /// <summary>Lets the queue's jobs start again, in their order; harmless if it was not paused. A worker that was paused itself stays so.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public void Resume()
    {
        if (TryUse(out AdmissionQueue queue))
        {
            Resume(queue);
        }
    }

    private void Resume(AdmissionQueue queue)
    {
        if (queue.Ready.Switch.Resume())
        {
            Announce(queue.Ledger, JobEventType.Resumed);
        }
    }

    private void Announce(QueueLedger ledger, JobEventType type) => _store.Engine.Ending.Announcements.AnnounceQueue(ledger, type);
}
