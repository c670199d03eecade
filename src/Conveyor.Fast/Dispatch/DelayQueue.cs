using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Delayed jobs by due time, then by the order in which they were delayed. One timer for the store, armed for the next
/// thing due; a store without threaded workers has none and looks here when it is pumped.
/// </summary>
internal sealed class DelayQueue(JobTable table, Dispatcher dispatcher) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<long, (long Due, long Order)> _delayed = new();
    private ITimer? _timer;
    private long _order;
    private long _armedFor = long.MaxValue;
    private bool _closed;

    /// <summary>A delay as a due timestamp; never 0.</summary>
    public long DueAfter(TimeSpan delay)
    {
        long now = table.Clock.Timestamp();
        long span = table.Clock.ToTimestamps(delay);
        return span > long.MaxValue - now ? long.MaxValue : Math.Max(1, now + span);
    }

    public void Add(long ticket, long due)
    {
        lock (_lock)
        {
            _delayed.Enqueue(ticket, (due, _order++));
            ArmLocked();
        }
    }

    /// <summary>From the first threaded worker on the store has a timer.</summary>
    public void UseTimer()
    {
        lock (_lock)
        {
            if (_timer is null && !_closed)
            {
                _timer = table.Clock.Provider.CreateTimer(static state => ((DelayQueue)state!).FallDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                ArmLocked();
            }
        }
    }

    /// <summary>How long until the next job falls due; null if none is delayed.</summary>
    public TimeSpan? NextDue()
    {
        lock (_lock)
        {
            DropDeadLocked();
            if (!_delayed.TryPeek(out _, out (long Due, long Order) first))
            {
                return null;
            }

            TimeSpan left = table.Clock.FromTimestamps(Math.Max(0, first.Due - table.Clock.Timestamp()));
            return left;
        }
    }

    /// <summary>Moves everything that is due by now to its queue, in order. Returns how many jobs became ready.</summary>
    public int FallDue()
    {
        long now = table.Clock.Timestamp();
        int moved = 0;
        while (TryTakeDue(now, out long ticket))
        {
            if (TryFallDue(ticket))
            {
                moved++;
            }
        }

        lock (_lock)
        {
            _armedFor = long.MaxValue;
            ArmLocked();
        }

        return moved;
    }

    public void Dispose()
    {
        ITimer? timer;
        lock (_lock)
        {
            _closed = true;
            _delayed.Clear();
            timer = _timer;
            _timer = null;
        }

        timer?.Dispose();
    }

    private bool TryTakeDue(long now, out long ticket)
    {
        lock (_lock)
        {
            if (_delayed.TryPeek(out ticket, out (long Due, long Order) first) && first.Due <= now)
            {
                _delayed.Dequeue();
                return true;
            }

            return false;
        }
    }

    private bool TryFallDue(long ticket)
    {
        int slot = SlotOf(ticket);
        ref JobRecord record = ref table.Record(slot);
        int queue = record.Queue;
        long id = record.Id;
        if (!JobMoves.TryFallDue(ref record, ticket, dispatcher.Ending.Mark, out long word))
        {
            return false;
        }

        Stripe stripe = table.Stripes.Rent();
        stripe.Count(queue, Delayed, Waiting);
        StripePool.Return(stripe);
        if (Has(word, Announcing))
        {
            JobAnnouncements announcements = dispatcher.Ending.Announcements;
            announcements.Announce(id, queue, word, null, announcements.Capture(slot, JobEventType.Waiting, Waiting, Delayed));
        }

        dispatcher.Ready(Ticket(word, slot), toFront: false);
        return true;
    }

    private void DropDeadLocked()
    {
        while (_delayed.TryPeek(out long ticket, out _) && !Stands(Atomic.Read(ref table.Record(SlotOf(ticket)).Word), ticket, Delayed))
        {
            _delayed.Dequeue();
        }
    }

    private void ArmLocked()
    {
        if (_timer is null || !_delayed.TryPeek(out _, out (long Due, long Order) first) || first.Due >= _armedFor)
        {
            return;
        }

        // Rounded up to whole milliseconds, which is what timers count in: never early.
        _armedFor = first.Due;
        double left = table.Clock.FromTimestamps(Math.Max(0, first.Due - table.Clock.Timestamp())).TotalMilliseconds;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(left), uint.MaxValue - 1)), Timeout.InfiniteTimeSpan);
    }
}
