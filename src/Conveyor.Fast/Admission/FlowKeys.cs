using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Admission;

/// <summary>
/// The deduplication keys of a flow's leaves. Before the commit each leaf takes its key or attaches to the live job that
/// has it, which keeps that job's record; after the commit the edges are opened, or settled from the record.
/// </summary>
internal sealed class FlowKeys(Dispatcher dispatcher, KeyedAdmission keyed)
{
    private readonly JobTable _table = dispatcher.Table;

    /// <summary>When nothing can refuse the flow any more; in one order, so that no two adds wait for each other.</summary>
    public void Reserve(FlowPlan plan, FlowBlock block, Stripe stripe)
    {
        List<(int Queue, string Key, int Node)> wanted = [];
        for (int i = 0; i < plan.Count; i++)
        {
            if (plan.Nodes[i].Job.Options?.Deduplication is { } deduplication)
            {
                wanted.Add((plan.Nodes[i].Queue.Ledger.Number, deduplication.Key, i));
            }
        }

        wanted.Sort(static (a, b) => a.Queue != b.Queue ? a.Queue.CompareTo(b.Queue)
            : string.CompareOrdinal(a.Key, b.Key) is not 0 and var order ? order
            : a.Node.CompareTo(b.Node));
        Dictionary<int, ChildOrigin> origins = [];
        for (int i = 0; i < wanted.Count;)
        {
            int end = i + 1;
            while (end < wanted.Count && wanted[end].Queue == wanted[i].Queue && wanted[end].Key == wanted[i].Key)
            {
                end++;
            }

            ReserveOne(plan, block, stripe, wanted[i].Key, [.. wanted[i..end].Select(static wish => wish.Node)], origins);
            i = end;
        }

        block.Origins = origins.Count > 0 ? origins : null;
        plan.DropAttachedLeaves();
    }

    /// <summary>After the commit, while its guards stand: the edges count from here on. What has ended meanwhile settles now.</summary>
    public void Open(FlowPlan plan, FlowBlock block, Stripe stripe, long mark)
    {
        EndedList ended = default;
        Ending ending = dispatcher.Ending;
        foreach (int place in block.Origins?.Keys ?? [])
        {
            FlowNode node = plan.Nodes[place];
            if (_table.Keyed.Find(node.Id) is { } child)
            {
                ending.Further.Open(stripe, child, plan.Nodes[node.Parent].Id, place, mark, ref ended);
            }
        }

        ending.ConcludeAll(stripe, ended);
        ending.Notify(stripe);
    }

    /// <summary>An attached leaf is no job: it takes no room, and who listens hears that it was dropped.</summary>
    public void Follow(FlowPlan plan)
    {
        foreach (ref FlowNode node in plan.Nodes)
        {
            if (node.IsAttached)
            {
                QueueLedger ledger = node.Queue.Ledger;
                if (ledger.Room is { } room)
                {
                    _table.Rooms.Give(room);
                }

                keyed.AnnounceDeduplicated(ledger, node.Id, node.DroppedId);
            }
        }
    }

    /// <summary>All nodes of one key. The first that finds no live job becomes the one that the rest attach to.</summary>
    private void ReserveOne(FlowPlan plan, FlowBlock block, Stripe stripe, string key, int[] group, Dictionary<int, ChildOrigin> origins)
    {
        int owner = -1;
        KeyedJob? target = null;
        bool isKept = false;
        foreach (int place in group)
        {
            ref FlowNode node = ref plan.Nodes[place];
            while (true)
            {
                if (!isKept)
                {
                    _table.Record(SlotOf(node.Id)).Word |= HasKey; // Plain: nobody else sees the job yet.
                    target = _table.Keyed.Reserve(new KeyedJob(_table, node.Id, node.Queue.Ledger.Number, key));
                    if (target.Id == node.Id)
                    {
                        owner = place;
                        isKept = true;
                        break;
                    }
                }

                if (node.Parent < 0)
                {
                    Attach(ref node, target!, stripe);
                    break;
                }

                FlowNode parent = plan.Nodes[node.Parent];
                if (target!.TryPrepare(parent.Id, place, parent.Queue.Ledger.Number, mustLive: !isKept))
                {
                    isKept = true;
                    origins[place] = owner >= 0 && plan.RootOf(owner) == plan.RootOf(place) ? ChildOrigin.Shared : ChildOrigin.Foreign;
                    Attach(ref node, target, stripe);
                    break;
                }
            }

            block.Ids[place] = node.Id;
        }
    }

    private void Attach(ref FlowNode node, KeyedJob target, Stripe stripe)
    {
        if (node.Job.Options?.CustomId is { } customId)
        {
            node.Queue.Ledger.FreeCustomId(customId, node.Id); // Before the slot: who waits for the id's job looks there.
        }

        JobWriter.Abandon(stripe, _table, SlotOf(node.Id));
        node.DroppedId = node.Id;
        node.Id = target.Id;
    }
}
