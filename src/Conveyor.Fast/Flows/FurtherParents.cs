using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// The edges that lie beside a child's record: opened when the flow that attached is committed, settled by the winner of
/// the child's terminal step before it records the end, let go by their parents. Only jobs with a key have them, and such
/// a job is a leaf: an end that goes from here to a parent never comes back to here.
/// </summary>
internal sealed class FurtherParents(JobTable table, Settlement settlement, Ending ending)
{
    /// <summary>Opens the edge of a parent whose flow has just been committed. The commit's guard keeps that flow's parents from being promoted.</summary>
    public void Open(Stripe stripe, KeyedJob child, long parentId, int index, long mark, ref EndedList ended)
    {
        OpenFate fate = child.Open(parentId, index, out object? cause);
        if (fate is OpenFate.EndedWell or OpenFate.EndedBadly)
        {
            settlement.Settle(stripe, child.Id, parentId, cause, fate == OpenFate.EndedBadly, mark, ref ended, out _);
        }
    }

    /// <summary>The end of a job with a key, by the winner of its terminal step: frees the key and settles what is open.</summary>
    public FurtherEnds Settle(Stripe stripe, int slot, long word)
    {
        long id = table.Record(slot).Id;
        EndedList ended = default;
        List<Notice>? ready = null;
        if (table.Keyed.Find(id) is { } child)
        {
            table.Keyed.FreeKey(child);
            bool bad = State(word) is Failed or Canceled;
            object? cause = bad ? table.References(slot).Result : null;
            long mark = ending.Mark;
            int next = 0;
            while (Has(word, HasFurtherParents) && child.TakeOpen(ref next) is not 0 and var parentId)
            {
                long ticket = settlement.Settle(stripe, id, parentId, cause, bad, mark, ref ended, out long readyWord);
                if (ticket != 0)
                {
                    (ready ??= []).Add(ending.ReadyNotice(ticket, readyWord, sendsOut: true));
                }
            }
        }

        return new FurtherEnds(ended, ready);
    }

    /// <summary>
    /// Once the job is recorded: what followed for its parents is concluded, and told after the job's own end. The ends come
    /// before the parents that became ready, which may have by one of them.
    /// </summary>
    public void Follow(Stripe stripe, in FurtherEnds ends)
    {
        if (ends.Ended.First != 0)
        {
            ending.ConcludeAll(stripe, ends.Ended); // Not for nothing: it evicts, and an eviction comes by here.
        }

        if (ends.Ready is not null)
        {
            stripe.Notices.AddRange(ends.Ready);
        }
    }

    /// <summary>
    /// A parent that has completed or is gone does not read the job any more. Returns the job's word, or 0 if another
    /// parent needs its record. An edge that was still open is counted here: its parent is removed and looks at its counter
    /// afterwards.
    /// </summary>
    public long Release(ref JobRecord parent, long childId, int index)
    {
        if (table.Keyed.Find(childId) is not { } child)
        {
            return 0;
        }

        if (child.Release(parent.Id, index, out long word))
        {
            Atomic.Decrement(ref parent.Pending);
        }

        return (word & (HasParent | ParentDone)) == HasParent ? 0 : word & ~HasFurtherParents;
    }
}
