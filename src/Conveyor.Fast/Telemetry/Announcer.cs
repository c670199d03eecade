using System.Diagnostics.CodeAnalysis;

namespace Conveyor.Fast.Telemetry;

/// <summary>
/// Keeps the announcements of one job in order and never two at once, without a lock around user code. Every step that
/// is to be announced brings its number; the one that opens a row of announcements says so. Whoever finds the next
/// number at hand and nobody delivering, delivers; what others bring meanwhile is delivered by that thread. A step that
/// follows from another job's waits in its row until that one has been delivered; who does that goes on with the row.
/// </summary>
internal sealed class Announcer(EventHub hub, Func<long, long, bool> tryClose)
{
    private const int Shards = 16;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(static _ => new Shard())];

    /// <summary>
    /// Announces what a step did. The job's mark in its word is taken back, by <c>tryClose</c> (id, last step), when all
    /// that was announced has been delivered.
    /// </summary>
    public void Announce(long id, long number, bool opens, AnnouncedStep step)
    {
        Shard shard = ShardOf(id);
        AnnouncementRow row;
        lock (shard.Lock)
        {
            row = shard.RowOf(id);
            row.Pending.Add(number, step);
            if (opens)
            {
                row.Next = number;
            }

            if (!row.TryBeginLocked())
            {
                return;
            }
        }

        Deliver(row);
    }

    private Shard ShardOf(long id) => _shards[(int)((ulong)id * 0x9E3779B97F4A7C15UL >> 60)];

    /// <summary>Without recursion: what follows from a step may follow up a whole flow.</summary>
    private void Deliver(AnnouncementRow row)
    {
        Stack<AnnouncementRow>? interrupted = null;
        while (true)
        {
            if (!TryTakeDue(row, out AnnouncedStep? due))
            {
                if (interrupted is null || !interrupted.TryPop(out row!))
                {
                    return;
                }

                continue;
            }

            foreach (Announcement announcement in due.Announcements)
            {
                hub.Deliver(announcement);
            }

            List<AnnouncementRow>? waiting = due.EndDelivery();
            for (int i = (waiting?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (TryBegin(waiting![i]))
                {
                    (interrupted ??= new()).Push(row);
                    row = waiting[i]; // At last the one that has waited longest.
                }
            }
        }
    }

    private bool TryTakeDue(AnnouncementRow row, [NotNullWhen(true)] out AnnouncedStep? due)
    {
        lock (row.Shard)
        {
            if (!row.Pending.TryGetValue(row.Next, out due))
            {
                // The mark goes only if no further step was taken; if one was, its announcement is on its way and
                // its own thread delivers it.
                row.IsDelivering = false;
                if (tryClose(row.Id, row.Next - 1))
                {
                    ShardOf(row.Id).Rows.Remove(row.Id);
                }

                return false;
            }

            if (!due.MayBeDelivered(row))
            {
                row.IsDelivering = false;
                return false;
            }

            row.Pending.Remove(row.Next);
            row.Next++;
            return true;
        }
    }

    private static bool TryBegin(AnnouncementRow row)
    {
        lock (row.Shard)
        {
            return row.TryBeginLocked();
        }
    }

    private sealed class Shard
    {
        public Lock Lock { get; } = new();

        public Dictionary<long, AnnouncementRow> Rows { get; } = [];

        public AnnouncementRow RowOf(long id)
        {
            if (!Rows.TryGetValue(id, out AnnouncementRow? row))
            {
                Rows.Add(id, row = new AnnouncementRow(id, Lock));
            }

            return row;
        }
    }
}
