using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Dispatch;

/// <summary>Whether a queue has become idle; looked for only by a loop that finds nothing to take, and only while somebody listens.</summary>
internal static class DrainedCheck
{
    /// <summary>Whether the queue was found drained, and announced so, for the first time in this idle period.</summary>
    public static bool Run(JobTable table, ReadyQueue queue, JobAnnouncements announcements)
    {
        if (!IdleLook.FindsIdle(table, queue.Ledger, out long started) || !queue.TryMarkDrained(started))
        {
            return false;
        }

        announcements.AnnounceQueue(queue.Ledger, JobEventType.Drained);
        return true;
    }
}
