using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>
/// Adds single jobs that have a deduplication key. Until its ids are reserved such a job is written like one of a flow that
/// is not committed, so that adds which clash with it wait for its outcome.
/// </summary>
internal sealed class KeyedAdmission(Dispatcher dispatcher, JobAdmission jobs)
{
    private readonly JobTable _table = dispatcher.Table;

    /// <summary>Adds a job, its room taken already; what answers with another job gives the room back.</summary>
    public long Add<TData>(AdmissionQueue queue, JobDefinition definition, int priority, TimeSpan delay, string? customId, string key, TData data, JobWaiter? waiter)
    {
        QueueLedger ledger = queue.Ledger;
        long now = _table.Clock.UtcTicks();
        Stripe stripe = _table.Stripes.Rent();
        int slot = stripe.TakeSlot(out Segment segment);
        if (slot == 0)
        {
            throw jobs.Refuse(stripe, ledger);
        }

        ref JobRecord record = ref segment.Record(slot);
        ref JobReferences references = ref segment.References(slot);
        long id = JobWriter.Fill(segment, slot, ref record, ledger.Number, definition, priority, now);
        ValueCell.Store(ref references.Data, ref segment.Details(slot).DataBits, data, _table.Pools);
        references.Extra = customId;
        long due = jobs.DueAfter(delay);
        long state = due == 0 ? Waiting : Delayed;
        long word = id & StepMask | state | HasKey | dispatcher.Ending.Mark
            | (ledger.Room is not null ? TakesRoom : 0) | (customId is not null ? HasCustomId : 0);
        Atomic.Write(ref record.Word, word | Uncommitted);
        long other = 0;
        bool isDuplicate = customId is not null && !jobs.TryReserve(ledger, customId, id, out other);
        if (isDuplicate || !TryReserve(ledger, id, key, out other))
        {
            if (customId is not null && !isDuplicate)
            {
                ledger.FreeCustomId(customId, id);
            }

            JobWriter.Abandon(stripe, _table, slot);
            StripePool.Return(stripe);
            if (ledger.Room is { } room)
            {
                _table.Rooms.Give(room);
            }

            if (isDuplicate)
            {
                jobs.AnnounceDuplicated(ledger, other);
            }
            else
            {
                AnnounceDeduplicated(ledger, other, id);
            }

            return other;
        }

        if (waiter is not null)
        {
            _table.Waiters.AddWithJob(id, waiter);
            word |= HasWaiter;
        }

        // HB-9 release: the job exists from here on; its record was written before.
        Atomic.Write(ref record.Word, word);
        stripe.Count(ledger.Number, Free, state);
        StripePool.Return(stripe);
        jobs.SendOut(queue, id, word, definition.Settings.Lifo, priority, due);
        return id;
    }

    /// <summary>Answers with the live job that has the key, before any room is asked for: what adds nothing needs none.</summary>
    public bool TryAnswer(QueueLedger ledger, string key, out long existing)
    {
        existing = 0;
        if (_table.Keyed.FindHolder(ledger.Number, key) is not { IsPending: false, IsLive: true } holder)
        {
            return false;
        }

        // The job that is dropped has an id all the same, for those who hear of it.
        Stripe stripe = _table.Stripes.Rent();
        int slot = stripe.TakeSlot(out Segment segment);
        if (slot == 0)
        {
            StripePool.Return(stripe);
            throw JobTable.Full();
        }

        ref JobRecord record = ref segment.Record(slot);
        long dropped = Ticket(record.Word, slot);
        record.Word += OneStep; // Plain: a free slot of this stripe. No other job gets the id.
        stripe.GiveSlot(slot, ref record);
        StripePool.Return(stripe);
        existing = holder.Id;
        AnnounceDeduplicated(ledger, existing, dropped);
        return true;
    }

    /// <summary>Takes the key for a job whose word says that it has one, or finds the live job that holds it.</summary>
    public bool TryReserve(QueueLedger ledger, long id, string key, out long existing)
    {
        existing = _table.Keyed.Reserve(new KeyedJob(_table, id, ledger.Number, key)).Id;
        return existing == id;
    }

    public void AnnounceDeduplicated(QueueLedger ledger, long kept, long dropped) =>
        dispatcher.Ending.Announcements.AnnounceAnswer(ledger, JobEventType.Deduplicated, kept, new JobId(dropped));
}
