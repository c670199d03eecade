namespace Conveyor.Fast.Telemetry;

/// <summary>
/// Keeps the announcements of one job in order and never two at once, without a lock around user code. Every step that
/// is to be announced brings its number; the one that opens a row of announcements says so. Whoever finds the next
/// number at hand and nobody delivering, delivers; what others bring meanwhile is delivered by that thread.
/// </summary>
internal sealed class Announcer(EventHub hub, Func<long, long, bool> tryClose)
{
    private const int Shards = 16;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(static _ => new Shard())];

    /// <summary>
    /// Announces what a step did. The job's mark in its word is taken back, by <c>tryClose</c> (id, last step), when all
    /// that was announced has been delivered.
    /// </summary>
    public void Announce(long id, long step, bool opens, ReadOnlySpan<Announcement> announcements)
    {
        Shard shard = _shards[(int)((ulong)id * 0x9E3779B97F4A7C15UL >> 60)];
        Row row;
        lock (shard.Lock)
        {
            row = shard.RowOf(id);
            row.Pending.Add(step, announcements.ToArray());
            if (opens)
            {
                row.Next = step;
            }

            if (row.IsDelivering || !row.Pending.ContainsKey(row.Next))
            {
                return;
            }

            row.IsDelivering = true;
        }

        Deliver(id, shard, row);
    }

    private void Deliver(long id, Shard shard, Row row)
    {
        while (true)
        {
            Announcement[]? due;
            lock (shard.Lock)
            {
                if (!row.Pending.Remove(row.Next, out due))
                {
                    // The mark goes only if no further step was taken; if one was, its announcement is on its way and
                    // its own thread delivers it.
                    row.IsDelivering = false;
                    if (tryClose(id, row.Next - 1))
                    {
                        shard.Rows.Remove(id);
                    }

                    return;
                }

                row.Next++;
            }

            foreach (Announcement announcement in due)
            {
                hub.Deliver(announcement);
            }
        }
    }

    private sealed class Shard
    {
        public Lock Lock { get; } = new();

        public Dictionary<long, Row> Rows { get; } = [];

        public Row RowOf(long id)
        {
            if (!Rows.TryGetValue(id, out Row? row))
            {
                Rows.Add(id, row = new Row());
            }

            return row;
        }
    }

    private sealed class Row
    {
        public SortedList<long, Announcement[]> Pending { get; } = [];

        /// <summary>The step to be delivered next; 0 until the one that opens the row has come.</summary>
        public long Next { get; set; }

        public bool IsDelivering { get; set; }
    }
}
