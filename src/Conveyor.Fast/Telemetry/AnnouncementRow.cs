namespace Conveyor.Fast.Telemetry;

/// <summary>The announcements of one job that are under way, by step. All of it is guarded by the lock of its shard.</summary>
internal sealed class AnnouncementRow(long id, Lock shard)
{
    public long Id => id;

    public Lock Shard => shard;

    public SortedList<long, AnnouncedStep> Pending { get; } = [];

    /// <summary>The step to be delivered next; 0 until the one that opens the row has come.</summary>
    public long Next { get; set; }

    public bool IsDelivering { get; set; }

    /// <summary>True for whoever has to deliver now: the next number is at hand, and nobody does it.</summary>
    public bool TryBeginLocked()
    {
        if (IsDelivering || !Pending.ContainsKey(Next))
        {
            return false;
        }

        IsDelivering = true;
        return true;
    }
}
