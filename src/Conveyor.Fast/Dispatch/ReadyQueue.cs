using System.Threading.Channels;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Dispatch;

/// <summary>One queue on the side of its workers.</summary>
internal sealed class ReadyQueue(QueueLedger ledger, JobQueueOptions options)
{
    private long _announcedDrainedAt;

    public QueueLedger Ledger => ledger;

    public JobQueueOptions Options => options;

    public QueueSwitch Switch { get; } = new();

    public ReadyChannel Ready { get; } = new(options.StarvationGuard);

    public ChannelWriter<ReadyTicket> Writer => Ready.Writer;

    /// <summary>Says whether the queue was used since it was last found drained; true once per idle period.</summary>
    public bool TryMarkDrained(long started)
    {
        long seen = Threading.Atomic.Read(ref _announcedDrainedAt);
        return started > seen && Threading.Atomic.CompareExchange(ref _announcedDrainedAt, started, seen) == seen;
    }
}
