using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>What a cancel or a removal of a parent takes along.</summary>
internal sealed class Subtree(JobTable table)
{
    /// <summary>
    /// Puts the children on the stack, the first on top. The parent may be freed meanwhile, and its block serve another
    /// flow: what was read counts only if the parent was there until then.
    /// </summary>
    public void PushChildren(long parentId, bool isRemoval, Stack<long> open)
    {
        int slot = SlotOf(parentId);
        ref JobDetails parent = ref table.Details(slot);
        int first = parent.FirstChild;
        int end = first + parent.ChildCount;
        int before = open.Count;
        if (first == end || table.Flows.Find(parent.Block) is not { Ids: var ids } block || end > ids.Length)
        {
            return;
        }

        for (int i = end - 1; i >= first; i--)
        {
            if (GoesWith(parentId, block.OriginOf(i), ids[i], isRemoval))
            {
                open.Push(ids[i]);
            }
        }

        ref JobRecord record = ref table.Record(slot);
        Atomic.ReadBarrier();
        bool wasThere = Visible(Atomic.Read(ref record.Word)) != JobState.None && Atomic.Read(ref record.Id) == parentId;
        while (!wasThere && open.Count > before)
        {
            open.Pop();
        }
    }

    /// <summary>
    /// Only a job that the parent's own flow created and that no other unfinished parent waits for. One that hangs on
    /// several parents of the flow is met under each of them, and goes with the last: the others have ended or are held.
    /// </summary>
    private bool GoesWith(long parentId, ChildOrigin origin, long childId, bool isRemoval) =>
        origin != ChildOrigin.Foreign
        && (!Has(Atomic.Read(ref table.Record(SlotOf(childId)).Word), HasFurtherParents)
            || table.Keyed.Find(childId)?.IsAwaitedBeside(parentId, heldGo: isRemoval) != true);
}
