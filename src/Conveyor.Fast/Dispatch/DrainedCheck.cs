using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;

namespace Conveyor.Fast.Dispatch;

/// <summary>Whether a queue has become idle; looked for only by a loop that finds nothing to take, and only while somebody listens.</summary>
internal static class DrainedCheck
{
    /// <summary>Whether the queue was found drained, and announced so, for the first time in this idle period.</summary>
    public static bool Run(JobTable table, ReadyQueue queue, EventHub hub)
    {
        QueueCounts counts = QueueCounts.Read(table, queue.Ledger.Number);
        if (counts[JobState.Waiting] != 0 || counts[JobState.Active] != 0 || !queue.TryMarkDrained(counts.Started))
        {
            return false;
        }

        JobEvent drained = new()
        {
            Type = JobEventType.Drained,
            QueueName = queue.Ledger.Name,
            JobName = "",
            Time = new DateTimeOffset(table.Clock.UtcTicks(), TimeSpan.Zero),
        };
        hub.Deliver(new Announcement(drained, queue.Ledger.Events, null));
        return true;
    }
}
