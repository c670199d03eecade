using Conveyor.Fast.Commit;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>
/// Adds flows, all or nothing: flatten and check, take room, take slots and fill them, reserve custom ids, then deduplication
/// keys, commit. What is refused gives back all it took.
/// </summary>
internal sealed class FlowAdmission(Dispatcher dispatcher, QueueRegistry queues, JobAdmission jobs, KeyedAdmission keyed, int maxFlowJobs)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly FlowCommit _commit = new(dispatcher);
    private readonly FlowKeys _keys = new(dispatcher, keyed);
    private FlowPlan? _idle;

    /// <summary>A plan to fill; give it back with <see cref="Return"/>.</summary>
    public FlowPlan Rent() => Atomic.Exchange(ref _idle, null) ?? new FlowPlan(queues, maxFlowJobs);

    public void Return(FlowPlan plan)
    {
        plan.Clear();
        Atomic.Write(ref _idle, plan);
    }

    /// <summary>The room the flow takes in bounded queues; none for most.</summary>
    public static RoomDemand[] Demands(FlowPlan plan)
    {
        if (!plan.HasRooms)
        {
            return [];
        }

        Dictionary<QueueRoom, int> demands = new(ReferenceEqualityComparer.Instance);
        foreach (ref FlowNode node in plan.Nodes)
        {
            if (node.Queue.Ledger.Room is { } room)
            {
                demands[room] = demands.GetValueOrDefault(room) + 1;
            }
        }

        return [.. demands.Select(static pair => new RoomDemand(pair.Key, pair.Value))];
    }

    /// <summary>Writes, reserves and commits a plan whose room is taken. A refusal leaves nothing behind but the room, which is the caller's.</summary>
    public void Admit(FlowPlan plan, JobWaiter? rootWaiter)
    {
        long mark = dispatcher.Ending.Mark;
        FlowBlock block = _table.Flows.Get();
        Stripe stripe = _table.Stripes.Rent();
        try
        {
            block.Prepare(plan.Count);
            Write(plan, block, stripe, mark);
            if (plan.HasCustomIds)
            {
                ReserveIds(plan);
            }
        }
        catch
        {
            for (int i = 0; i < plan.Count && plan.Nodes[i].Id != 0; i++)
            {
                JobWriter.Abandon(stripe, _table, SlotOf(plan.Nodes[i].Id));
            }

            _table.Flows.Return(block);
            StripePool.Return(stripe);
            throw;
        }

        plan.UseQueues();
        if (plan.HasKeys)
        {
            _keys.Reserve(plan, block, stripe);
        }

        if (rootWaiter is not null && !plan.Nodes[0].IsAttached)
        {
            ref JobRecord root = ref _table.Record(SlotOf(plan.Nodes[0].Id));
            _table.Waiters.AddWithJob(plan.Nodes[0].Id, rootWaiter);
            root.Word |= HasWaiter; // Plain: nobody else sees the job yet.
        }

        long now = plan.HasDelays ? _table.Clock.Timestamp() : 0; // Before the commit: whoever sees a job delayed may advance the clock.
        _commit.Publish(block);
        Follow(plan, block, stripe, mark, now);
        StripePool.Return(stripe);
    }

    private void Write(FlowPlan plan, FlowBlock block, Stripe stripe, long mark)
    {
        long now = _table.Clock.UtcTicks();
        Span<FlowNode> nodes = plan.Nodes;
        long[] ids = block.Ids;
        for (int i = 0; i < nodes.Length; i++)
        {
            ref FlowNode node = ref nodes[i];
            int slot = stripe.TakeSlot(out Segment segment);
            if (slot == 0)
            {
                throw JobTable.Full();
            }

            ref JobRecord record = ref segment.Record(slot);
            QueueLedger ledger = node.Queue.Ledger;
            long id = JobWriter.Fill(segment, slot, ref record, ledger.Number, node.Definition, node.Definition.Settings.Priority, now);
            node.Id = id;
            ids[i] = id;
            ref JobDetails details = ref segment.Details(slot);
            details.Block = block.Index;
            if (node.Job.Data is { } data)
            {
                segment.References(slot).Data = data; // Else null, as the slot was given back.
            }

            long word = id & StepMask | Uncommitted | mark | (ledger.Room is not null ? TakesRoom : 0);
            if (node.Parent >= 0)
            {
                ref FlowNode parent = ref nodes[node.Parent];
                record.ParentId = parent.Id;
                record.ParentQueue = (ushort)parent.Queue.Ledger.Number;
                word |= HasParent;
            }

            if (node.ChildCount != 0)
            {
                record.Pending = node.ChildCount + 1;
                details.FirstChild = node.FirstChild;
                details.ChildCount = node.ChildCount;
                word |= HasChildren | WaitingChildren;
                if (plan.HasDelays)
                {
                    record.OwnDelay = _table.Clock.ToTimestamps(node.Definition.Settings.Delay);
                }
            }
            else
            {
                word |= plan.HasDelays && node.IsDelayed ? Delayed : Waiting;
            }

            if (plan.HasCustomIds && node.Job.Options?.CustomId is { Length: > 0 } customId)
            {
                segment.References(slot).Extra = customId;
                word |= HasCustomId;
            }

            Atomic.Write(ref record.Word, word);
        }

        block.SetUsers(plan.ParentCount + 1);
    }

    /// <summary>Last of all that can refuse, and in one order, so that of two flows that clash at least one gets through.</summary>
    private void ReserveIds(FlowPlan plan)
    {
        Span<FlowNode> nodes = plan.Nodes;
        List<(int Queue, string Id, int Node)> wanted = [];
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Job.Options?.CustomId is { Length: > 0 } customId)
            {
                wanted.Add((nodes[i].Queue.Ledger.Number, customId, i));
            }
        }

        wanted.Sort(static (a, b) => a.Queue != b.Queue ? a.Queue.CompareTo(b.Queue)
            : string.CompareOrdinal(a.Id, b.Id) is not 0 and var order ? order
            : a.Node.CompareTo(b.Node));
        for (int i = 1; i < wanted.Count; i++)
        {
            if (wanted[i].Queue == wanted[i - 1].Queue && wanted[i].Id == wanted[i - 1].Id)
            {
                throw plan.Invalid(wanted[i].Node, $"has the custom id '{wanted[i].Id}', which the node at {plan.PathOf(wanted[i - 1].Node)} has too in queue '{nodes[wanted[i].Node].Queue.Ledger.Name}'");
            }
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            QueueLedger ledger = nodes[wanted[i].Node].Queue.Ledger;
            if (!jobs.TryReserve(ledger, wanted[i].Id, nodes[wanted[i].Node].Id, out long existing))
            {
                for (int k = 0; k < i; k++)
                {
                    nodes[wanted[k].Node].Queue.Ledger.FreeCustomId(wanted[k].Id, nodes[wanted[k].Node].Id);
                }

                throw new DuplicateJobException(ledger.Name, wanted[i].Id, new JobId(existing), plan.PathOf(wanted[i].Node));
            }
        }
    }

    /// <summary>What comes after the commit: count, announce, send out the leaves, drop the guards.</summary>
    private void Follow(FlowPlan plan, FlowBlock block, Stripe stripe, long mark, long now)
    {
        Span<FlowNode> nodes = plan.Nodes;
        Count(stripe, nodes, plan.Parents, WaitingChildren);
        if (plan.HasDelays)
        {
            Delay(plan, stripe, now);
        }

        Count(stripe, nodes, plan.Leaves, Waiting);
        if (mark != 0)
        {
            for (int i = 0; i < nodes.Length; i++)
            {
                long id = nodes[i].Id;
                if (!nodes[i].IsAttached)
                {
                    jobs.AnnounceAdded(SlotOf(id), id, nodes[i].Queue.Ledger.Number, id & StepMask | Announcing, nodes[i].ChildCount != 0 ? WaitingChildren : nodes[i].IsDelayed ? Delayed : Waiting);
                }
            }
        }

        Span<int> leaves = plan.Leaves;
        if (plan.HasPriorities)
        {
            SortByPriority(plan, leaves);
        }

        for (int i = 0; i < plan.RootCount; i++)
        {
            if (nodes[i].ChildCount == 0 && !nodes[i].IsAttached)
            {
                _commit.Unmark(nodes[i].Id);
            }
        }

        if (plan.HasKeys)
        {
            _keys.Open(plan, block, stripe, mark);
            _keys.Follow(plan);
        }

        SendOut(nodes, leaves);
        ReadOnlySpan<int> parents = plan.Parents;
        for (int i = parents.Length - 1; i >= 0; i--)
        {
            _commit.DropGuard(stripe, nodes[parents[i]].Id);
        }

        _commit.Leave(block);
    }

    /// <summary>Puts the delayed leaves under the clock, counted from the commit.</summary>
    private void Delay(FlowPlan plan, Stripe stripe, long now)
    {
        foreach (int leaf in plan.Leaves)
        {
            ref FlowNode node = ref plan.Nodes[leaf];
            if (node.IsDelayed)
            {
                stripe.Count(node.Queue.Ledger.Number, Free, Delayed);
                dispatcher.Delays.Add(node.Id, JobClock.DueAfter(now, _table.Clock.ToTimestamps(node.Definition.Settings.Delay)));
            }
        }

        plan.DropDelayedLeaves();
    }

    /// <summary>To the line in order, then to the front the last one first, so that those of one call keep their order.</summary>
    private static void SendOut(Span<FlowNode> nodes, ReadOnlySpan<int> leaves)
    {
        bool anyToFront = false;
        foreach (int leaf in leaves)
        {
            ref FlowNode node = ref nodes[leaf];
            JobSettings settings = node.Definition.Settings;
            if (settings.Lifo)
            {
                anyToFront = true;
                continue;
            }

            node.Queue.Writer.TryWrite(new ReadyTicket(node.Id, settings.Priority, ToFront: false));
        }

        for (int i = leaves.Length - 1; i >= 0 && anyToFront; i--)
        {
            ref FlowNode node = ref nodes[leaves[i]];
            JobSettings settings = node.Definition.Settings;
            if (settings.Lifo)
            {
                node.Queue.Writer.TryWrite(new ReadyTicket(node.Id, settings.Priority, ToFront: true));
            }
        }
    }

    /// <summary>Counts what the flow adds, once for each run of nodes of one queue.</summary>
    private static void Count(Stripe stripe, Span<FlowNode> nodes, ReadOnlySpan<int> places, long state)
    {
        for (int i = 0; i < places.Length;)
        {
            AdmissionQueue queue = nodes[places[i]].Queue;
            int first = i;
            do
            {
                i++;
            }
            while (i < places.Length && ReferenceEquals(nodes[places[i]].Queue, queue));

            stripe.Count(queue.Ledger.Number, Free, state, i - first);
        }
    }

    private static void SortByPriority(FlowPlan plan, Span<int> leaves)
    {
        int[] sorted = [.. leaves.ToArray().Select((leaf, order) => (leaf, order))
            .OrderBy(pair => plan.Nodes[pair.leaf].Definition.Settings.Priority).ThenBy(static pair => pair.order).Select(static pair => pair.leaf)];
        sorted.CopyTo(leaves);
    }
}
