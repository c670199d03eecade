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
        bool hasCustomIds = false;
        for (int i = 0; i < requests.Length; i++)
        {
            ref readonly JobRequest<TData> request = ref requests[i];
            JobDefinition definition = queue.Definitions.Get(request.Name, request.Options);
            int slot = stripe.TakeSlot(out Segment segment);
            ref JobRecord record = ref segment.Record(slot);
            ref JobReferences references = ref segment.References(slot);
            long id = JobWriter.Fill(segment, slot, ref record, number, definition, request.Priority ?? definition.Settings.Priority, now);
            ref JobDetails details = ref segment.Details(slot);
            details.Block = block.Index;
            ValueCell.Store(ref references.Data, ref details.DataBits, request.Data, _table.Boxes);
            long word = id & StepMask | Waiting | Uncommitted | mark | (hasRoom ? TakesRoom : 0);
            if (request.CustomIdOrNull is { } customId)
            {
                references.CustomId = customId;
                word |= HasCustomId;
                hasCustomIds = true;
            }

            Atomic.Write(ref record.Word, word);
            block.Ids[i] = id;
            handles[i] = new JobHandle(store, new JobId(id));
        }

        List<long>? duplicates = hasCustomIds ? [] : null; // Nothing is allocated for a bulk without custom ids.
        int added = duplicates is null ? requests.Length : ReserveIds(queue.Ledger, requests, handles, block, stripe, store, duplicates);
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

    /// <summary>
    /// Reserves the custom ids in the order in which flows do it, so that no two adds wait for each other's. An item whose
    /// id is taken, by a stored job or by an earlier item, answers with that job and leaves the block. Returns how many stay.
    /// </summary>
    private int ReserveIds<TData>(
        QueueLedger ledger, ReadOnlySpan<JobRequest<TData>> requests, Span<JobHandle> handles, FlowBlock block, Stripe stripe, JobStore store, List<long> duplicates)
    {
        List<(string Id, int Item)> wanted = [];
        for (int i = 0; i < requests.Length; i++)
        {
            if (requests[i].CustomIdOrNull is { } customId)
            {
                wanted.Add((customId, i));
            }
        }

        wanted.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id) is not 0 and var order ? order : a.Item.CompareTo(b.Item));
        long owner = 0;
        for (int i = 0; i < wanted.Count; i++)
        {
            (string customId, int item) = wanted[i];
            bool isRepeated = i > 0 && wanted[i - 1].Id == customId;
            if (!isRepeated && jobs.TryReserve(ledger, customId, block.Ids[item], out owner))
            {
                owner = block.Ids[item];
                continue;
            }

            JobWriter.Abandon(stripe, _table, SlotOf(block.Ids[item]));
            block.Ids[item] = 0;
            handles[item] = new JobHandle(store, new JobId(owner));
            duplicates.Add(owner);
        }

        int kept = 0;
        foreach (long id in block.Ids.AsSpan(0, requests.Length))
        {
            if (id != 0)
            {
                block.Ids[kept++] = id;
            }
        }

        return kept;
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

        _commit.SendAll(block);
        _commit.Leave(block);
    }
}
