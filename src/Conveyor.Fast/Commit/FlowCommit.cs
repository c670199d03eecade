using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Commit;

/// <summary>
/// Makes a flow or a bulk exist by one write. Before it nobody finds, starts, counts or wakes any of its jobs; after it
/// the leaves go to their queues, and the commit's own guard on each parent is dropped last.
/// </summary>
internal sealed class FlowCommit(Dispatcher dispatcher)
{
    private readonly JobTable _table = dispatcher.Table;

    /// <summary>The commit itself; nothing can refuse the flow any more.</summary>
    public void Publish(FlowBlock block) => _table.Flows.Publish(block);

    /// <summary>Sends out all jobs of a committed bulk but those that have a delay, by place.</summary>
    public void SendAll(FlowBlock block, ReadOnlySpan<long> due)
    {
        ReadOnlySpan<long> ids = block.Ids.AsSpan(0, block.Count);
        bool allInLine = true;
        for (int i = 0; i < ids.Length; i++)
        {
            allInLine &= (!due.IsEmpty && due[i] != 0) || TrySendOut(ids[i], toFront: false);
        }

        for (int i = ids.Length - 1; i >= 0 && !allInLine; i--)
        {
            if (due.IsEmpty || due[i] == 0)
            {
                TrySendOut(ids[i], toFront: true);
            }
        }
    }

    /// <summary>Drops the commit's guard on a parent. If all its children have ended meanwhile, it is promoted here.</summary>
    public void DropGuard(Stripe stripe, long parentId)
    {
        int slot = SlotOf(parentId);
        if (Atomic.Decrement(ref _table.Record(slot).Pending) == 0)
        {
            long ready = dispatcher.Settlement.AtZero(stripe, slot, parentId, dispatcher.Ending.Mark, out long word);
            dispatcher.AnnounceAndPromote(stripe, ready, word);
        }
    }

    /// <summary>Takes the commit's mark off a job that no parent pins, so that the block is not needed to see it.</summary>
    public void Unmark(long id)
    {
        ref JobRecord record = ref _table.Record(SlotOf(id));
        long seen = Atomic.Read(ref record.Word);
        while (Has(seen, Uncommitted) && Atomic.Read(ref record.Id) == id)
        {
            long before = Atomic.CompareExchange(ref record.Word, seen & ~Uncommitted, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>The commit reads the block no more; the last reader gives it back.</summary>
    public void Leave(FlowBlock block)
    {
        if (block.Leave())
        {
            _table.Flows.Return(block);
        }
    }

    /// <summary>
    /// Puts a committed job's first ticket out, if that is where it goes; to the front the last one goes first, so that
    /// those of one call keep their order. What is read here may belong to another job already, if this one was removed:
    /// then the ticket is dead wherever it lies.
    /// </summary>
    private bool TrySendOut(long id, bool toFront)
    {
        int slot = SlotOf(id);
        ref JobRecord record = ref _table.Record(slot);
        bool isLifo = _table.References(slot).Definition is { Settings.Lifo: true };
        if (isLifo == toFront)
        {
            dispatcher.Queues[record.Queue].Writer.TryWrite(new ReadyTicket(id, record.Priority, toFront));
        }

        return isLifo == toFront;
    }
}
