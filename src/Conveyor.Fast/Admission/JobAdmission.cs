using System.Runtime.CompilerServices;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>Adds single jobs: a slot is filled aside and its word published by one write, then the ticket goes out.</summary>
internal sealed class JobAdmission(Dispatcher dispatcher)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly StripePool _stripes = dispatcher.Table.Stripes;
    private readonly JobClock _clock = dispatcher.Table.Clock;
    private readonly Ending _ending = dispatcher.Ending;

    /// <summary>Adds a job, its room taken already. With a waiter the wait is in place before the job can start.</summary>
    public long Add<TData>(AdmissionQueue queue, JobDefinition definition, int priority, TimeSpan delay, string? customId, TData data, JobWaiter? waiter)
    {
        QueueLedger ledger = queue.Ledger;
        bool hasRoom = ledger.Room is not null;
        int number = ledger.Number;
        long now = _clock.UtcTicks();
        Stripe stripe = _stripes.Rent();
        int slot = stripe.TakeSlot(out Segment segment);
        if (slot == 0)
        {
            throw Refuse(stripe, ledger);
        }

        ref JobRecord record = ref segment.Record(slot);
        ref JobReferences references = ref segment.References(slot);
        long id = JobWriter.Fill(segment, slot, ref record, number, definition, priority, now);
        ValueCell.Store(ref references.Data, ref segment.Details(slot).DataBits, data, _table.Pools);
        long due = DueAfter(delay);
        long state = due == 0 ? Waiting : Delayed;
        long word = id & StepMask | state | _ending.Mark | (hasRoom ? TakesRoom : 0);
        if (customId is not null)
        {
            references.Extra = customId;
            word |= HasCustomId;
            if (!TryReserve(ledger, customId, id, out long existing))
            {
                JobWriter.Abandon(stripe, _table, slot);
                StripePool.Return(stripe);
                GiveBackRoom(ledger);
                AnnounceDuplicated(ledger, existing);
                return existing;
            }
        }

        if (waiter is not null)
        {
            _table.Waiters.AddWithJob(id, waiter);
            word |= HasWaiter;
        }

        // HB-9 release: the job exists from here on; its record was written before.
        Atomic.Write(ref record.Word, word);
        stripe.Count(number, Free, state);
        StripePool.Return(stripe);
        SendOut(queue, id, word, definition.Settings.Lifo, priority, due);
        return id;
    }

    /// <summary>When a job that is added now falls due; 0 if it is not delayed. Asked before the job is there: whoever sees it delayed may advance the clock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long DueAfter(TimeSpan delay) => delay == TimeSpan.Zero ? 0 : _clock.DueAfter(delay);

    /// <summary>Once a job is there and counted: tells of it, and puts its first ticket into the queue or under the clock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SendOut(AdmissionQueue queue, long id, long word, bool lifo, int priority, long due)
    {
        if (due != 0)
        {
            dispatcher.Delays.Add(id, due);
        }

        if (Has(word, Announcing))
        {
            AnnounceAdded(SlotOf(id), id, queue.Ledger.Number, word, State(word));
        }

        if (due == 0)
        {
            queue.Writer.TryWrite(new ReadyTicket(id, priority, lifo));
        }
    }

    public void AnnounceAdded(int slot, long id, int queue, long word, long state)
    {
        JobAnnouncements announcements = _ending.Announcements;
        JobEventType type = state switch
        {
            WaitingChildren => JobEventType.WaitingChildren,
            Delayed => JobEventType.Delayed,
            _ => JobEventType.Waiting,
        };
        announcements.Announce(id, queue, word, null,
            announcements.Capture(slot, JobEventType.Added, state, Free), announcements.Capture(slot, type, state, Free));
    }

    public void AnnounceDuplicated(QueueLedger ledger, long existing) =>
        _ending.Announcements.AnnounceAnswer(ledger, JobEventType.Duplicated, existing);

    /// <summary>Reserves an id for a job that will surely be published, or finds the job that has it. An add that may still be refused is waited for.</summary>
    public bool TryReserve(QueueLedger ledger, string customId, long id, out long existing)
    {
        SpinWait spin = default;
        while (true)
        {
            if (ledger.TryReserveCustomId(customId, id))
            {
                existing = 0;
                return true;
            }

            // An add that is not committed yet is waited for, and so is a removal that has still to free the id.
            if (TryFind(ledger, customId, out existing))
            {
                return false;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>The job that has a custom id, if it is there for everybody.</summary>
    public bool TryFind(QueueLedger ledger, string customId, out long existing) =>
        ledger.TryFindCustomId(customId, out existing) && JobCopy.TryTake(_table, existing, out _);

    /// <summary>The table is full: the add of one job gives back what it has taken.</summary>
    public InsufficientMemoryException Refuse(Stripe stripe, QueueLedger ledger)
    {
        StripePool.Return(stripe);
        GiveBackRoom(ledger);
        return JobTable.Full();
    }

    private void GiveBackRoom(QueueLedger ledger)
    {
        if (ledger.Room is { } room)
        {
            _table.Rooms.Give(room);
        }
    }
}
