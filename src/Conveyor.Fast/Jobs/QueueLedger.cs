using System.Collections.Concurrent;
using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>What the records' side knows of one queue: its number and name, its ended jobs, its custom ids, its room.</summary>
internal sealed class QueueLedger(int number, string name, RetentionTrack completed, RetentionTrack failed, QueueRoom? room, EventHub hub)
{
    private ConcurrentDictionary<string, long>? _customIds;

    private bool _isUsed;

    public int Number => number;

    /// <summary>Whether the queue has had a job, a worker, a pause or options; never taken back.</summary>
    public bool IsUsed { get => Atomic.Read(ref _isUsed); set => Atomic.Write(ref _isUsed, value); }

    public string Name => name;

    public RetentionTrack Completed => completed;

    public RetentionTrack Failed => failed;

    /// <summary>Null for a queue without a bound.</summary>
    public QueueRoom? Room => room;

    public JobEvents Events { get; } = new(hub);

    public RetentionTrack TrackOf(long state) => state == StateWord.Completed ? completed : failed;

    public bool TryFindCustomId(string customId, out long id)
    {
        id = 0;
        return Atomic.Read(ref _customIds) is { } ids && ids.TryGetValue(customId, out id);
    }

    public bool TryReserveCustomId(string customId, long id)
    {
        ConcurrentDictionary<string, long>? ids = Atomic.Read(ref _customIds);
        if (ids is null)
        {
            ConcurrentDictionary<string, long> added = new(StringComparer.Ordinal);
            ids = Atomic.CompareExchange(ref _customIds, added, null) ?? added;
        }

        return ids.TryAdd(customId, id);
    }

    public void FreeCustomId(string customId, long id) => Atomic.Read(ref _customIds)?.TryRemove(KeyValuePair.Create(customId, id));

    public int CustomIdCount => Atomic.Read(ref _customIds)?.Count ?? 0;
}
