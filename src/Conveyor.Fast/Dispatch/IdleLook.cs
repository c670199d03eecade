using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Whether nothing waits and nothing runs. A job may go from a count not read yet to one that was read already. Moves only
/// grow, so counts that two looks in a row found alike stood together between the two.
/// </summary>
internal static class IdleLook
{
    /// <summary>In all queues.</summary>
    public static bool FindsIdle(JobTable table) => FindsIdle(table, null, out _);

    /// <summary>In one queue, or in all; how many runs it had started by then.</summary>
    public static bool FindsIdle(JobTable table, QueueLedger? only, out long started)
    {
        long before = -1;
        while (LooksIdle(table, only, out long moves, out started))
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

    private static bool LooksIdle(JobTable table, QueueLedger? only, out long moves, out long started)
    {
        moves = 0;
        started = 0;
        if (only is not null)
        {
            return IsIdle(table, only, ref moves, ref started);
        }

        foreach (QueueLedger ledger in table.Ledgers)
        {
            if (!IsIdle(table, ledger, ref moves, ref started))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsIdle(JobTable table, QueueLedger ledger, ref long moves, ref long started)
    {
        QueueCounts counts = QueueCounts.Read(table, ledger.Number);
        moves += counts.Moves;
        started += counts.Started;
        return counts[JobState.Waiting] == 0 && counts[JobState.Active] == 0;
    }
}
