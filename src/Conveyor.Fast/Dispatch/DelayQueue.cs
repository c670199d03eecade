using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Dispatch;

/// <summary>Delayed jobs by due time, then by the order in which they were delayed.</summary>
internal sealed class DelayQueue(JobTable table, Dispatcher dispatcher) : IDueSource
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<long, (long Due, long Order)> _delayed = new();
    private long _order;

    public void Add(long ticket, long due)
    {
        lock (_lock)
        {
            _delayed.Enqueue(ticket, (due, _order++));
        }

        dispatcher.Alarm.ArmFor(due);
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

    /// <summary>Moves everything that is due by now to its queue, in order.</summary>
    public long FallDue(long now)
    {
        while (TryTakeDue(now, out long ticket))
        {
            TryFallDue(ticket);
        }

        lock (_lock)
        {
            DropDeadLocked();
            return _delayed.TryPeek(out _, out (long Due, long Order) next) ? next.Due : long.MaxValue;
        }
    }

    /// <summary>Makes one job ready whose ticket was taken out; false if the ticket is dead.</summary>
    public bool TryFallDue(long ticket)
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

    private void DropDeadLocked()
    {
        while (_delayed.TryPeek(out long ticket, out _) && !Stands(Atomic.Read(ref table.Record(SlotOf(ticket)).Word), ticket, Delayed))
        {
            _delayed.Dequeue();
        }
    }
}
