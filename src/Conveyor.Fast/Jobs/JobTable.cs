using System.Runtime.CompilerServices;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>All slots of a store, and what hangs off them.</summary>
internal sealed class JobTable
{
    private const int FirstSlot = Stripe.BatchSize; // Slot 0 is nobody's, so that no ticket and no link is 0 by chance.
    private readonly Lock _growth = new();
    private readonly Random _random;
    private readonly List<Array> _memory = []; // What the segments lie in.
    private Segment[] _segments = new Segment[4];
    private int _segmentCount; // Written last: who knows a number only looks here before it looks there.
    private readonly PublishedList<QueueLedger> _ledgers = new();
    private int _carved = FirstSlot;
    private long _freeBatches; // Tag in the upper 40 bits, a batch's first slot below.

    public JobTable(JobClock clock, int? seed)
    {
        Clock = clock;
        _random = seed is { } value ? new Random(value) : new Random();
        Stripes = new StripePool(this);
        Delays = new DelayWheel(this);
        Expiries = new DelayWheel(this);
    }

    public JobClock Clock { get; }

    public StripePool Stripes { get; }

    public FlowDirectory Flows { get; } = new();

    public JobWaiters Waiters { get; } = new();

    public TypedPools Pools { get; } = new();

    public QueueRooms Rooms { get; } = new();

    public KeyedJobs Keyed { get; } = new();

    public StrayRuns Strays { get; } = new();

    public DelayWheel Delays { get; }

    /// <summary>
    /// Ended jobs that are kept for a time, by the tickets of their ends. One that has gone otherwise leaves a dead ticket here,
    /// until its slot's next one takes its place or its time comes.
    /// </summary>
    public DelayWheel Expiries { get; }

    /// <summary>Orders the operations that hold several jobs. No user code runs under it.</summary>
    public Lock Structure { get; } = new();

    /// <summary>By queue number.</summary>
    public ReadOnlySpan<QueueLedger> Ledgers => _ledgers.All;

    /// <summary>Slots ever handed out, for scans.</summary>
    public int SlotLimit => Math.Min(Atomic.Read(ref _carved), StateWord.MaxSlots);

    public static int FirstUsableSlot => FirstSlot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobRecord Record(int slot) => ref SegmentOf(slot).Record(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobDetails Details(int slot) => ref SegmentOf(slot).Details(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobReferences References(int slot) => ref SegmentOf(slot).References(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Segment SegmentOf(int slot) => _segments[slot >> Segment.Shift]; // Plain read: whoever knows a slot came after its segment.

    public ResultWaiter<T> RentWaiter<T>() => Pools.Get<ResultWaiterPool<T>>().Get();

    /// <summary>Asks for what is filled or run next of a slot: of the details, which may lie in two lines, that of the payload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchAll(int slot)
    {
        Segment segment = SegmentOf(slot);
        CacheLine.Prefetch(ref segment.Record(slot));
        CacheLine.Prefetch(ref segment.Details(slot), JobDetails.DataOffset);
        CacheLine.Prefetch(ref segment.References(slot));
    }

    /// <summary>Asks for a record that is touched soon and was last written by another processor, as it may be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int slot) => CacheLine.Prefetch(ref Record(slot));

    /// <summary>Asks for what a plain job's slot is freed by.</summary>
    public void PrefetchToFree(int slot)
    {
        Segment segment = SegmentOf(slot);
        CacheLine.Prefetch(ref segment.Record(slot));
        CacheLine.Prefetch(ref segment.References(slot));
    }

    /// <summary>Whether a number that came from outside names a slot at all.</summary>
    public bool IsSlot(int slot) => slot >= FirstSlot && slot < SlotLimit && slot >> Segment.Shift < Atomic.Read(ref _segmentCount);

    /// <summary>Adds a queue; one caller at a time.</summary>
    public void AddLedger(QueueLedger ledger) => _ledgers.Add(ledger);

    /// <summary>Gives the number of a queue that was never used to another one; one caller at a time.</summary>
    public void ReplaceLedger(QueueLedger ledger) => _ledgers.Replace(ledger.Number, ledger);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QueueLedger Ledger(int queue) => _ledgers[queue];

    /// <summary>From 0 to below 1; repeatable with a seed.</summary>
    public double NextRandom()
    {
        lock (_growth)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>What refuses a job when there is no slot left for it.</summary>
    public static InsufficientMemoryException Full() => new($"The store holds {StateWord.MaxSlots:N0} jobs and can hold no more.");

    /// <summary>The batch of free slots that was given back last, or new ones; 0 if the table is full.</summary>
    public int TakeBatch()
    {
        while (true)
        {
            long head = Atomic.Read(ref _freeBatches);
            int slot = StateWord.SlotOf(head);
            if (slot == 0)
            {
                return Carve();
            }

            // The record may already belong to somebody else; the tag then makes the exchange fail.
            int next = (int)Atomic.Read(ref Record(slot).ParentId);
            if (Atomic.CompareExchange(ref _freeBatches, Tagged(head, next), head) == head)
            {
                return slot;
            }
        }
    }

    public void GiveBatch(int slot)
    {
        while (true)
        {
            long head = Atomic.Read(ref _freeBatches);
            Atomic.Write(ref Record(slot).ParentId, StateWord.SlotOf(head));
            if (Atomic.CompareExchange(ref _freeBatches, Tagged(head, slot), head) == head)
            {
                return;
            }
        }
    }

    /// <summary>All free slots, wherever they lie; exact while nothing runs.</summary>
    public int CountFreeSlots()
    {
        int count = 0;
        foreach (Stripe stripe in (Stripe[])[.. Stripes.Producers, .. Stripes.Loops])
        {
            count += stripe.FreeSlots;
        }

        for (int slot = StateWord.SlotOf(Atomic.Read(ref _freeBatches)); slot != 0; slot = (int)Atomic.Read(ref Record(slot).ParentId))
        {
            count += Stripe.BatchSize;
        }

        return count;
    }

    private static long Tagged(long head, int slot) => (head & ~StateWord.SlotMask) + (1L << StateWord.SlotBits) | (long)slot;

    private int Carve()
    {
        int first = Atomic.Add(ref _carved, Stripe.BatchSize) - Stripe.BatchSize;
        if (first >= StateWord.MaxSlots || first < 0)
        {
            Atomic.Add(ref _carved, -Stripe.BatchSize);
            return 0;
        }

        EnsureSegment(first >> Segment.Shift);
        for (int i = 0; i < Stripe.BatchSize; i++)
        {
            Record(first + i).Link = i + 1 < Stripe.BatchSize ? first + i + 1 : 0;
        }

        return first;
    }

    /// <summary>Makes all segments up to one: who carved slots before it may not have made theirs yet.</summary>
    private void EnsureSegment(int index)
    {
        if (index < Atomic.Read(ref _segmentCount))
        {
            return;
        }

        lock (_growth)
        {
            if (index >= _segments.Length)
            {
                Segment[] grown = new Segment[Math.Max(index + 1, _segments.Length * 2)];
                _segments.CopyTo(grown, 0);
                Atomic.Write(ref _segments, grown);
            }

            for (int next = _segmentCount; next <= index; next++)
            {
                _segments[next] = Segment.Make(1 + _random.Next(1 << 28), _memory);
                Atomic.Write(ref _segmentCount, next + 1);
            }
        }
    }
}
