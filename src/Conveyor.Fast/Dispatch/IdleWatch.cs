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

    public Task WaitAsync()
    {
        TaskCompletionSource idle;
        lock (_lock)
        {
            idle = _idle ?? new(TaskCreationOptions.RunContinuationsAsynchronously);
            Atomic.Write(ref _idle, idle);
        }

        Atomic.ProcessWideBarrier();
        Check();
        return idle.Task;
    }

    public void Check()
    {
        if (Atomic.Read(ref _idle) is not null && IsIdle())
        {
            Take()?.TrySetResult();
        }
    }

    public void Close(Exception reason) => Take()?.TrySetException(reason);

    private TaskCompletionSource? Take()
    {
        lock (_lock)
        {
            TaskCompletionSource? idle = _idle;
            Atomic.Write(ref _idle, null);
            return idle;
        }
    }

    private bool IsIdle()
    {
        foreach (QueueLedger ledger in table.Ledgers)
        {
            QueueCounts counts = QueueCounts.Read(table, ledger.Number);
            if (counts[JobState.Waiting] != 0 || counts[JobState.Active] != 0)
            {
                return false;
            }
        }

        return true;
    }
}
