using System.Runtime.CompilerServices;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// What one thread at a time works with alone: free slots, move counts, a work list. A worker loop owns one for good, a
/// producer for one call (<see cref="StripePool"/>). Plain fields: owner only; the counts are also read, never written,
/// by others.
/// </summary>
internal sealed class Stripe(JobTable table)
{
    public const int BatchSize = 64;
    private const int EndBatch = 32;
    private const int MostNoticesKept = 1024;
    private int _busy; // The number of the thread that has entered, or 0.
    private int _free;
    private int _freeCount;
    private int _spareBatch;
    private MoveCounts[] _counts = [];
    private RetentionTrack? _track;
    private int _ends;
    private readonly long[] _endBatch = new long[EndBatch];
    private List<Notice>? _spareNotices;

    /// <summary>Evicted jobs whose children are still to be let go; a list so that nothing recurses.</summary>
    public List<long> Released { get; } = [];

    /// <summary>What user code is still to hear of the operation under way.</summary>
    public List<Notice> Notices { get; private set; } = [];

    /// <summary>When the first goes of the jobs that the operation under way has ended; the alarm is still to hear of it.</summary>
    public long FirstExpiry { get; set; } = long.MaxValue;

    /// <summary>A loop keeps ended jobs back, to file many at once; it files the rest before it rests.</summary>
    public bool KeepsEndsBack { get; init; }

    /// <summary>Files an ended job under its queue's standard bound; what has to go comes out in <see cref="Released"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FileEnd(RetentionTrack track, long ticket)
    {
        if (!KeepsEndsBack || !track.MayBatch)
        {
            FileEnds();
            track.File(ticket, null, Released);
            return;
        }

        if (!ReferenceEquals(track, _track) || _ends == EndBatch)
        {
            FileEnds();
            _track = track;
        }

        _endBatch[_ends++] = ticket;
    }

    public void FileEnds()
    {
        if (_ends != 0)
        {
            _track!.File(_endBatch.AsSpan(0, _ends), Released);
            _ends = 0;
            _track = null;
        }
    }

    /// <summary>Takes what is to be told; from inside, user code may come back to this stripe.</summary>
    public List<Notice> TakeNotices()
    {
        List<Notice> notices = Notices;
        Notices = _spareNotices ?? [];
        _spareNotices = null;
        return notices;
    }

    /// <summary>What was taken has been told. A list that a large operation has filled is not kept.</summary>
    public void ReturnNotices(List<Notice> notices)
    {
        notices.Clear();
        _spareNotices = notices.Capacity <= MostNoticesKept ? notices : null;
    }

    public bool TryEnter() => Atomic.Read(ref _busy) == 0 && Atomic.CompareExchange(ref _busy, Environment.CurrentManagedThreadId, 0) == 0;

    /// <summary>Whether the caller has entered it already, and came back from inside: a subscriber that adds.</summary>
    public bool IsOwn => Atomic.Read(ref _busy) == Environment.CurrentManagedThreadId;

    public void Exit() => Atomic.Write(ref _busy, 0);

    /// <summary>A free slot; 0 if the table is full (<see cref="JobTable.Full"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSlot(out Segment segment)
    {
        int slot = _free;
        if (slot == 0 && (slot = Refill()) == 0)
        {
            segment = default;
            return 0;
        }

        segment = table.SegmentOf(slot);
        _free = segment.Record(slot).Link;
        table.PrefetchAll(_free); // The next take finds it on its way.
        _freeCount--;
        return slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GiveSlot(int slot, ref JobRecord record)
    {
        if (_freeCount == BatchSize)
        {
            Spill();
        }

        record.Link = _free;
        _free = slot;
        _freeCount++;
    }

    /// <summary>Counts one job's move between two states of one queue; 0 stands for not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(int queue, long from, long to) => Count(queue, from, to, 1);

    /// <summary>The same for several jobs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(int queue, long from, long to, int jobs)
    {
        MoveCounts[] counts = _counts;
        if ((uint)queue >= (uint)counts.Length || counts[queue] is not { } moves)
        {
            moves = AddCounts(queue);
        }

        moves.Add(from, to, jobs);
    }

    /// <summary>Read by anyone; null where this stripe has not counted.</summary>
    public MoveCounts? CountsOf(int queue)
    {
        MoveCounts[] counts = Atomic.Read(ref _counts);
        return queue < counts.Length ? counts[queue] : null;
    }

    /// <summary>Slots at hand, for the integrity checker.</summary>
    public int FreeSlots => _freeCount + (_spareBatch != 0 ? BatchSize : 0);

    private int Refill()
    {
        if (_spareBatch != 0)
        {
            _free = _spareBatch;
            _spareBatch = 0;
        }
        else
        {
            _free = table.TakeBatch();
        }

        _freeCount = _free == 0 ? 0 : BatchSize;
        return _free;
    }

    private void Spill()
    {
        if (_spareBatch != 0)
        {
            table.GiveBatch(_spareBatch);
        }

        _spareBatch = _free;
        _free = 0;
        _freeCount = 0;
    }

    private MoveCounts AddCounts(int queue)
    {
        MoveCounts[] counts = _counts;
        if (queue >= counts.Length)
        {
            MoveCounts[] grown = new MoveCounts[Math.Max(queue + 1, counts.Length * 2)];
            counts.CopyTo(grown, 0);
            Atomic.Write(ref _counts, grown);
            counts = grown;
        }

        MoveCounts moves = new();
        Atomic.Write(ref counts[queue], moves);
        return moves;
    }
}
