using System.Buffers;
using Conveyor.Fast.Commit;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>Adds several plain jobs to one queue by one commit. Checked and given room before it starts.</summary>
internal sealed class BulkAdmission(Dispatcher dispatcher, JobAdmission jobs, KeyedAdmission keyed)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly FlowCommit _commit = new(dispatcher);

    /// <summary>Returns how many jobs were added; an item whose custom id or deduplication key is taken answers with the job that has it.</summary>
    public int Add<TData>(AdmissionQueue queue, ReadOnlySpan<JobRequest<TData>> requests, Span<JobHandle> handles, JobStore store)
    {
        long mark = dispatcher.Ending.Mark;
        bool hasRoom = queue.Ledger.Room is not null;
        int number = queue.Ledger.Number;
        FlowBlock block = _table.Flows.Get();
        block.Prepare(requests.Length);
        block.SetUsers(1);
        Stripe stripe = _table.Stripes.Rent();
        long now = _table.Clock.UtcTicks();
        bool hasCustomIds = false;
        bool hasKeys = false;
        long[]? due = null; // By place, 0 for at once: afterwards a job may have gone its way.
        long[] answers = ArrayPool<long>.Shared.Rent(requests.Length); // The caller's span may be looked at by others: it gets them with the commit.
        for (int i = 0; i < requests.Length; i++)
        {
            ref readonly JobRequest<TData> request = ref requests[i];
            JobDefinition definition = queue.Definitions.Get(request.Name, request.Options);
            int slot = stripe.TakeSlot(out Segment segment);
            if (slot == 0)
            {
                throw Refuse(stripe, block, written: i, due, answers);
            }

            ref JobRecord record = ref segment.Record(slot);
            ref JobReferences references = ref segment.References(slot);
            long id = JobWriter.Fill(segment, slot, ref record, number, definition, request.Priority ?? definition.Settings.Priority, now);
            ref JobDetails details = ref segment.Details(slot);
            details.Block = block.Index;
            ValueCell.Store(ref references.Data, ref details.DataBits, request.Data, _table.Pools);
            long dueAt = jobs.DueAfter(request.Delay ?? definition.Settings.Delay);
            if (dueAt != 0)
            {
                due ??= RentDueTimes(requests.Length);
                due[i] = dueAt;
            }

            long word = id & StepMask | (dueAt == 0 ? Waiting : Delayed) | Uncommitted | mark | (hasRoom ? TakesRoom : 0);
            if (request.CustomIdOrNull is { } customId)
            {
                references.Extra = customId;
                word |= HasCustomId;
                hasCustomIds = true;
            }

            if (request.DeduplicationKeyOrNull is not null)
            {
                word |= HasKey;
                hasKeys = true;
            }

            Atomic.Write(ref record.Word, word);
            answers[i] = block.Ids[i] = id;
        }

        List<int>? duplicates = hasCustomIds ? [] : null; // By place. Nothing is allocated for a bulk without custom ids and keys.
        List<(long Kept, long Dropped)>? deduplicated = hasKeys ? [] : null;
        if (duplicates is not null)
        {
            ReserveIds(queue.Ledger, requests, answers, block, stripe, duplicates);
        }

        if (deduplicated is not null)
        {
            ReserveKeys(queue.Ledger, requests, answers, block, stripe, deduplicated);
        }

        int added = hasCustomIds || hasKeys ? Compact(block, due, requests.Length) : requests.Length;
        block.Prepare(added);
        _commit.Publish(block);
        for (int i = 0; i < requests.Length; i++)
        {
            handles[i] = new JobHandle(store, new JobId(answers[i]));
        }

        Follow(stripe, block, due, number, mark);
        if (due is not null)
        {
            ArrayPool<long>.Shared.Return(due);
        }

        StripePool.Return(stripe);
        if (duplicates is not null)
        {
            foreach (int item in duplicates)
            {
                jobs.AnnounceDuplicated(queue.Ledger, answers[item]);
            }
        }

        if (deduplicated is not null)
        {
            foreach ((long kept, long dropped) in deduplicated)
            {
                keyed.AnnounceDeduplicated(queue.Ledger, kept, dropped);
            }
        }

        ArrayPool<long>.Shared.Return(answers);
        return added;
    }

    /// <summary>
    /// Reserves the custom ids in the order in which flows do it, so that no two adds wait for each other's. An item whose
    /// id is taken, by a stored job or by an earlier item, answers with that job and leaves the block.
    /// </summary>
    private void ReserveIds<TData>(
        QueueLedger ledger, ReadOnlySpan<JobRequest<TData>> requests, long[] answers, FlowBlock block, Stripe stripe, List<int> duplicates)
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
            answers[item] = owner;
            duplicates.Add(item);
        }
    }

    /// <summary>
    /// Takes the keys after the custom ids, in the order in which flows do it. An item whose key is held by a live job, or
    /// by an earlier item, answers with that job and leaves the block; what was led to it by its custom id follows.
    /// </summary>
    private void ReserveKeys<TData>(
        QueueLedger ledger, ReadOnlySpan<JobRequest<TData>> requests, long[] answers, FlowBlock block, Stripe stripe, List<(long Kept, long Dropped)> deduplicated)
    {
        List<(string Key, int Item)> wanted = [];
        for (int i = 0; i < requests.Length; i++)
        {
            if (block.Ids[i] != 0 && requests[i].DeduplicationKeyOrNull is { } key)
            {
                wanted.Add((key, i));
            }
        }

        wanted.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key) is not 0 and var order ? order : a.Item.CompareTo(b.Item));
        Dictionary<long, long> kept = []; // By who was dropped.
        long holder = 0;
        for (int i = 0; i < wanted.Count; i++)
        {
            (string key, int item) = wanted[i];
            long id = block.Ids[item];
            bool isRepeated = i > 0 && wanted[i - 1].Key == key;
            if (!isRepeated && keyed.TryReserve(ledger, id, key, out holder))
            {
                continue;
            }

            if (requests[item].CustomIdOrNull is { } customId)
            {
                ledger.FreeCustomId(customId, id);
            }

            JobWriter.Abandon(stripe, _table, SlotOf(id));
            block.Ids[item] = 0;
            kept[id] = holder;
            deduplicated.Add((holder, id));
        }

        foreach (ref long answer in answers.AsSpan(0, requests.Length))
        {
            answer = kept.GetValueOrDefault(answer, answer);
        }
    }

    /// <summary>Closes the gaps that dropped items left in the block. Returns how many stay.</summary>
    private static int Compact(FlowBlock block, long[]? due, int count)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (block.Ids[i] != 0)
            {
                if (due is not null)
                {
                    due[kept] = due[i];
                }

                block.Ids[kept++] = block.Ids[i];
            }
        }

        return kept;
    }

    /// <summary>The table is full: gives back what was taken, but the room, which is the caller's.</summary>
    private InsufficientMemoryException Refuse(Stripe stripe, FlowBlock block, int written, long[]? due, long[] answers)
    {
        ArrayPool<long>.Shared.Return(answers);
        foreach (long id in block.Ids.AsSpan(0, written))
        {
            JobWriter.Abandon(stripe, _table, SlotOf(id));
        }

        if (due is not null)
        {
            ArrayPool<long>.Shared.Return(due);
        }

        _table.Flows.Return(block);
        StripePool.Return(stripe);
        return JobTable.Full();
    }

    private static long[] RentDueTimes(int count)
    {
        long[] due = ArrayPool<long>.Shared.Rent(count);
        Array.Clear(due, 0, count);
        return due;
    }

    private void Follow(Stripe stripe, FlowBlock block, long[]? due, int queue, long mark)
    {
        ReadOnlySpan<long> ids = block.Ids.AsSpan(0, block.Count);
        ReadOnlySpan<long> delayed = due is null ? [] : due.AsSpan(0, block.Count);
        for (int i = 0; i < ids.Length; i++)
        {
            bool isDelayed = !delayed.IsEmpty && delayed[i] != 0;
            stripe.Count(queue, Free, isDelayed ? Delayed : Waiting);
            _commit.Unmark(ids[i]);
            if (isDelayed)
            {
                dispatcher.Delays.Add(ids[i], delayed[i]);
            }
        }

        for (int i = 0; i < ids.Length && mark != 0; i++)
        {
            long state = !delayed.IsEmpty && delayed[i] != 0 ? Delayed : Waiting;
            jobs.AnnounceAdded(SlotOf(ids[i]), ids[i], queue, ids[i] & StepMask | Announcing, state);
        }

        _commit.SendAll(block, delayed);
        _commit.Leave(block);
    }
}
