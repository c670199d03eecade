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

    /// <summary>
    /// A job may go from a count not read yet to one that was read already. Moves only grow, so counts that two looks
    /// in a row found alike stood together between the two.
    /// </summary>
    private bool IsIdle()
    {
        long before = -1;
        while (FoundIdle(out long moves))
        {
            if (moves == before)
            {
                return true;
            }

            before = moves;
            Atomic.ReadBarrier(); // The next look comes after this one.
        }

        return false;
    }

    private bool FoundIdle(out long moves)
    {
        moves = 0;
        foreach (QueueLedger ledger in table.Ledgers)
        {
            QueueCounts counts = QueueCounts.Read(table, ledger.Number);
            moves += counts.Moves;
            if (counts[JobState.Waiting] != 0 || counts[JobState.Active] != 0)
            {
                return false;
            }
        }

        return true;
    }
}
