using Conveyor.Fast.Commit;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>Adds several plain jobs to one queue by one commit. Checked and given room before it starts.</summary>
internal sealed class BulkAdmission(Dispatcher dispatcher, JobAdmission jobs)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly FlowCommit _commit = new(dispatcher);

    /// <summary>Returns how many jobs were added; an item whose custom id is taken answers with the job that has it.</summary>
    public int Add<TData>(AdmissionQueue queue, ReadOnlySpan<JobRequest<TData>> requests, Span<JobHandle> handles, JobStore store)
    {
        JobAnnouncements announcements = dispatcher.Ending.Announcements;
        long mark = dispatcher.Ending.Mark;
        bool hasRoom = queue.Ledger.Room is not null;
        int number = queue.Ledger.Number;
        FlowBlock block = _table.Flows.Get();
        block.Prepare(requests.Length);
        block.SetUsers(1);
        Stripe stripe = _table.Stripes.Rent();
        long now = _table.Clock.UtcTicks();
        int added = 0;
        List<long>? duplicates = null;
        for (int i = 0; i < requests.Length; i++)
        {
            ref readonly JobRequest<TData> request = ref requests[i];
            JobDefinition definition = queue.Definitions.Get(request.Name, request.Options);
            int slot = stripe.TakeSlot();
            Segment segment = _table.SegmentOf(slot);
            ref JobRecord record = ref segment.Record(slot);
            ref JobReferences references = ref segment.References(slot);
            long id = JobWriter.Fill(segment, slot, ref record, number, definition, request.Priority ?? definition.Settings.Priority, now);
            ValueCell.Store(ref references.Data, ref segment.Details(slot).DataBits, request.Data, _table.Boxes);
            record.Block = block.Index;
            long word = id & StepMask | Waiting | Uncommitted | mark | (hasRoom ? TakesRoom : 0);
            string? customId = request.CustomIdOrNull;
            if (customId is not null)
            {
                references.CustomId = customId;
                word |= HasCustomId;
                if (!TryReserve(queue.Ledger, customId, id, block, added, out long existing))
                {
                    JobWriter.Abandon(stripe, _table, slot);
                    (duplicates ??= []).Add(existing);
                    handles[i] = new JobHandle(store, new JobId(existing));
                    continue;
                }
            }

            Atomic.Write(ref record.Word, word);
            block.Ids[added++] = id;
            handles[i] = new JobHandle(store, new JobId(id));
        }

        block.Prepare(added);
        _commit.Publish(block);
        Follow(stripe, block, number, mark);
        StripePool.Return(stripe);
        if (duplicates is not null)
        {
            foreach (long existing in duplicates)
            {
                jobs.AnnounceDuplicated(queue.Ledger, existing);
            }
        }

        return added;
    }

    /// <summary>Like a single add's, but an id that this very bulk has taken is its job, not one to wait for.</summary>
    private bool TryReserve(QueueLedger ledger, string customId, long id, FlowBlock block, int added, out long existing)
    {
        if (ledger.TryFindCustomId(customId, out existing) && block.Ids.AsSpan(0, added).Contains(existing))
        {
            return false;
        }

        return jobs.TryReserve(ledger, customId, id, out existing);
    }

    private void Follow(Stripe stripe, FlowBlock block, int queue, long mark)
    {
        ReadOnlySpan<long> ids = block.Ids.AsSpan(0, block.Count);
        foreach (long id in ids)
        {
            stripe.Count(queue, Free, Waiting);
            _commit.Unmark(id);
        }

        if (mark != 0)
        {
            foreach (long id in ids)
            {
                jobs.AnnounceAdded(SlotOf(id), id, queue, id & StepMask | Announcing, Waiting);
            }
        }

        foreach (long id in ids)
        {
            _commit.SendOut(id);
        }

        _commit.Leave(block);
    }
}
