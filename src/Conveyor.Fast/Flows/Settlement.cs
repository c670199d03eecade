using System.Runtime.CompilerServices;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Settles a child's edge: applies the parent's policy, counts the parent down and climbs while parents end. Nothing in
/// here allocates, throws or runs user code. At most one parent becomes ready; its ticket is the answer.
/// </summary>
internal sealed class Settlement(JobTable table, Ending ending)
{
    /// <param name="stripe">The caller's stripe.</param>
    /// <param name="childId">The child that ended.</param>
    /// <param name="parentId">Its parent, pinned by the edge.</param>
    /// <param name="cause">Why the child ended badly; carried up unchanged.</param>
    /// <param name="bad">Failed or canceled; false for completed and removed.</param>
    /// <param name="mark">The announcement mark for the steps taken.</param>
    /// <param name="ended">Takes the parents that ended by policy; the caller concludes them.</param>
    /// <param name="readyWord">The word of the ready parent after its promotion.</param>
    /// <returns>The ticket of the parent that became ready, or is delayed from now on, or 0.</returns>
    public long Settle(Stripe stripe, long childId, long parentId, object? cause, bool bad, long mark, ref EndedList ended, out long readyWord)
    {
        while (true)
        {
            int slot = SlotOf(parentId);
            ref JobRecord parent = ref table.Record(slot);
            bool moved = false;
            long grandparentId = 0;

            // Move, then count: a sibling that counts to zero must find a parent that is to fail already failed.
            if (bad && table.References(slot).Definition.Settings.Policy is not ChildFailurePolicy.Ignore and var policy
                && JobMoves.TryEndByPolicy(ref parent, policy == ChildFailurePolicy.Fail ? Failed : Gone, mark, out long old, out long word))
            {
                moved = true;
                grandparentId = Has(old, HasParent) && !Has(old, EdgeSettled) ? parent.ParentId : 0;
                table.Details(slot).ResultBits = childId;
                parent.Ended = Math.Max(parent.Started, table.Record(SlotOf(childId)).Ended); // The child is pinned: this parent still lists it.
                table.References(slot).Result = cause;
                stripe.Count(parent.Queue, WaitingChildren, State(word));
                Append(ref ended, slot, ref parent);
            }

            // HB-2: the decrement is a full fence between what the child wrote and what the last one reads.
            int open = Atomic.Decrement(ref parent.Pending); // Last touch, unless the parent moved or is at zero.
            if (!moved)
            {
                readyWord = 0;
                return open == 0 ? AtZero(stripe, slot, parentId, mark, out readyWord) : 0;
            }

            if (grandparentId == 0)
            {
                readyWord = 0;
                return 0;
            }

            childId = parentId;
            parentId = grandparentId;
        }
    }

    /// <summary>
    /// The last edge has settled. A parent that waits is promoted, unless somebody has opened an edge again under a guard
    /// of its own; a removed one is freed by whoever sees it removed and at zero.
    /// </summary>
    public long AtZero(Stripe stripe, int slot, long parentId, long mark, out long readyWord)
    {
        ref JobRecord parent = ref table.Record(slot);
        while (true)
        {
            long seen = Atomic.Read(ref parent.Word);
            readyWord = 0;
            if (Atomic.Read(ref parent.Id) != parentId)
            {
                return 0;
            }

            if (State(seen) != WaitingChildren)
            {
                if (Visible(seen) == JobState.None)
                {
                    ending.FreeIfDone(stripe, slot, parentId);
                }

                return 0;
            }

            if (Atomic.Read(ref parent.Pending) != 0)
            {
                return 0;
            }

            long due = parent.OwnDelay == 0 ? 0 : JobClock.DueAfter(table.Clock.Timestamp(), parent.OwnDelay); // Before the step: whoever sees the job delayed may move the clock on.
            if (JobMoves.TryPromote(ref parent, seen, mark, out readyWord))
            {
                stripe.Count(parent.Queue, WaitingChildren, State(readyWord));
                long ticket = Ticket(readyWord, slot);
                if (due != 0)
                {
                    table.Delays.Insert(ticket, due);
                }

                return ticket;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Append(ref EndedList ended, int slot, ref JobRecord record)
    {
        record.Link = 0;
        if (ended.First == 0)
        {
            ended.First = slot;
        }
        else
        {
            table.Record(ended.Last).Link = slot;
        }

        ended.Last = slot;
    }
}
