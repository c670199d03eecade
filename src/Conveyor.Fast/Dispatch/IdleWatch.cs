using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Who waits for the store to be idle. Looked at by loops that find nothing to take and after what ends jobs by hand.
/// HB-11: who waits registers, fences the process, then counts; who ends a job counts, then looks for who waits.
/// </summary>
internal sealed class IdleWatch(JobTable table)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private Exception? _closed;

    public Task WaitAsync()
    {
        TaskCompletionSource idle;
        lock (_lock)
        {
            if (_closed is not null)
            {
                return Task.FromException(_closed);
            }

            idle = _idle ?? new(TaskCreationOptions.RunContinuationsAsynchronously);
            Atomic.Write(ref _idle, idle);
        }

        Atomic.ProcessWideBarrier();
        Check();
        return idle.Task;
    }

    public void Check()
    {
        if (Atomic.Read(ref _idle) is not null)
        {
            TakeIfIdle()?.TrySetResult();
        }
    }

    /// <summary>Ends all waits, also those to come: who waits may have found the store open before.</summary>
    public void Close(Exception reason)
    {
        TaskCompletionSource? idle;
        lock (_lock)
        {
            _closed = reason;
            idle = TakeLocked();
        }

        if (idle is not null)
        {
            idle.TrySetException(reason);
            _ = idle.Task.Exception; // Nobody need be left to see it.
        }
    }

    /// <summary>The look is under the lock: who comes to wait after it has begun may have added a job that it missed, and is not told by it.</summary>
    private TaskCompletionSource? TakeIfIdle()
    {
        lock (_lock)
        {
            return _idle is not null && IdleLook.FindsIdle(table) ? TakeLocked() : null;
        }
    }

    private TaskCompletionSource? TakeLocked()
    {
        TaskCompletionSource? idle = _idle;
        Atomic.Write(ref _idle, null);
        return idle;
    }
}
