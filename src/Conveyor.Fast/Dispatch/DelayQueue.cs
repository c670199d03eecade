using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Dispatch;

/// <summary>Puts jobs under the clock and, when they fall due, into their queues.</summary>
internal sealed class DelayQueue(JobTable table, Dispatcher dispatcher) : IDueSource
{
    private const int Batch = 64;

    /// <summary>Puts a job under the clock after its step to Delayed; one that has left it since stays away.</summary>
    public void Add(long ticket, long due)
    {
        table.Delays.Insert(ticket, due);
        dispatcher.Alarm.ArmFor(due); // HB-14: the job lies in the wheel.
    }

    /// <summary>After a parent was put under the clock by its promotion; one that has left it since needs no alarm.</summary>
    public void Arm(long ticket)
    {
        if (table.Delays.TryGetDue(ticket, out DueOrder due))
        {
            dispatcher.Alarm.ArmFor(due.Due); // HB-14, as above.
        }
    }

    /// <summary>How long until the next job falls due; null if none is delayed.</summary>
    public TimeSpan? NextDue() => table.Delays.NextDue() is not long.MaxValue and var due
        ? table.Clock.FromTimestamps(Math.Max(0, due - table.Clock.Timestamp()))
        : null;

    /// <summary>Moves everything that is due by now to its queue, in order.</summary>
    public long FallDue(long now)
    {
        Span<long> tickets = stackalloc long[Batch];
        Span<long> words = stackalloc long[Batch];
        while (table.Delays.TakeDue(now, tickets) is not 0 and var count)
        {
            foreach (long ticket in tickets[..count])
            {
                table.PrefetchAll(SlotOf(ticket)); // Again: the wheel asks for a limited number, and of many at once some are passed over.
            }

            MakeReady(tickets[..PutBackTooEarly(tickets[..count], now)], words);
        }

        return table.Delays.NextDue();
    }

    /// <summary>Makes one job ready before its time, by the ticket of its delay; false if the ticket is dead.</summary>
    public bool TryPromote(long ticket)
    {
        long word = 0;
        bool isReady = MakeReady(new ReadOnlySpan<long>(in ticket), new Span<long>(ref word)) != 0;
        table.Delays.Remove(ticket);
        return isReady;
    }

    /// <summary>Puts back those that were added for a date which the clock, that may have been set back, does not show yet. Returns how many are left.</summary>
    private int PutBackTooEarly(Span<long> tickets, long now)
    {
        int left = 0;
        foreach (long ticket in tickets)
        {
            if (IsTooEarly(ticket, out TimeSpan wait))
            {
                Add(ticket, JobClock.DueAfter(now, table.Clock.ToTimestamps(wait))); // After this look, whatever the clock says by now.
            }
            else
            {
                tickets[left++] = ticket;
            }
        }

        return left;
    }

    private bool IsTooEarly(long ticket, out TimeSpan wait)
    {
        int slot = SlotOf(ticket);
        ref JobRecord record = ref table.Record(slot);
        bool isFirstStay = Atomic.Read(ref record.Id) == ticket; // Any other delay is a time of its own.
        JobDefinition? definition = table.References(slot).Definition;
        Atomic.ReadBarrier(); // While the ticket is good the slot is that job's, and so is what was read before.
        wait = isFirstStay && definition?.Occurrence is { IsDated: true } dated && Stands(Atomic.Read(ref record.Word), ticket, Delayed)
            ? dated.DueAt - table.Clock.Provider.GetUtcNow()
            : TimeSpan.Zero;
        return wait > TimeSpan.Zero;
    }

    /// <summary>Takes the steps of those whose tickets are alive, then tells of each and sends it out. Returns how many.</summary>
    private int MakeReady(ReadOnlySpan<long> tickets, Span<long> words)
    {
        long mark = dispatcher.Ending.Mark;
        int ready = 0;
        Stripe stripe = table.Stripes.Rent();
        for (int i = 0; i < tickets.Length; i++)
        {
            ref JobRecord record = ref table.Record(SlotOf(tickets[i]));
            int queue = record.Queue; // Before the step: afterwards the job may go its way.
            bool isReady = JobMoves.TryFallDue(ref record, tickets[i], mark, out words[i]);
            if (isReady)
            {
                ready++;
                stripe.Count(queue, Delayed, Waiting);
            }
            else
            {
                words[i] = 0;
            }
        }

        StripePool.Return(stripe);
        for (int i = 0; i < tickets.Length; i++)
        {
            if (words[i] != 0)
            {
                SendOut(SlotOf(tickets[i]), words[i]);
            }
        }

        return ready;
    }

    private void SendOut(int slot, long word)
    {
        if (Has(word, Announcing))
        {
            ref JobRecord record = ref table.Record(slot); // A marked job is not freed.
            JobAnnouncements announcements = dispatcher.Ending.Announcements;
            announcements.Announce(record.Id, record.Queue, word, null, announcements.Capture(slot, JobEventType.Waiting, Waiting, Delayed));
        }

        dispatcher.Ready(Ticket(word, slot), toFront: false);
    }
}
