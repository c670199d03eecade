using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Cancels a job and its unfinished subtree, from the top, so that no parent in it is failed by a child's end. Jobs that
/// do not run end at once; of active ones the runs are returned, for their tokens to be fired.
/// </summary>
internal sealed class Cancellation(JobTable table, Settlement settlement, Ending ending)
{
    private readonly Subtree _subtree = new(table);

    /// <summary>Whether a job was canceled here and now. What is left to the caller stands in the scratch.</summary>
    public bool Cancel(Stripe stripe, long id, CancelReason reason, bool includeChildren, CancellationScratch scratch)
    {
        long mark = ending.Mark;
        Stack<long> open = scratch.Open;
        open.Push(id);
        EndedList ended = default;
        bool any = false;
        while (open.TryPop(out long next))
        {
            int slot = SlotOf(next);
            ref JobRecord record = ref table.Record(slot);
            if (TryFindRun(ref record, next, mark, out long run, out long old))
            {
                scratch.ActiveRuns.Add((next, run));
                PushBelow(ref record, next, includeChildren, open);
            }
            else if (old != 0)
            {
                any = true;
                if (State(old) == Delayed)
                {
                    table.Delays.Remove(Ticket(old, slot));
                }

                settlement.Append(ref ended, slot, ref record);
                table.References(slot).Result = reason;
                record.Ended = table.Clock.UtcTicks();
                table.Details(slot).ResultBits = State(old); // For the announcement.
                if (Has(old, HasParent) && !Has(old, EdgeSettled))
                {
                    long ticket = settlement.Settle(stripe, next, record.ParentId, reason, bad: true, mark, ref ended, out long readyWord);
                    if (ticket != 0)
                    {
                        scratch.Ready.Add((ticket, readyWord));
                    }
                }

                if (includeChildren)
                {
                    _subtree.PushChildren(next, isRemoval: false, open); // A parent that failed by this does not wait any more.
                }
            }
            else
            {
                PushBelow(ref record, next, includeChildren && next != id, open); // Ended: some below it may go on.
            }
        }

        ending.ConcludeAll(stripe, ended);
        foreach ((long ticket, long word) in scratch.Ready)
        {
            ending.AddReady(stripe, ticket, word);
        }

        ending.Notify(stripe);
        return any;
    }

    private void PushBelow(ref JobRecord record, long id, bool includeChildren, Stack<long> open)
    {
        if (includeChildren && Has(Atomic.Read(ref record.Word), HasChildren))
        {
            _subtree.PushChildren(id, isRemoval: false, open);
        }
    }

    /// <summary>
    /// Cancels a job that does not run, or finds its run: whatever it does meanwhile, one or the other, unless it has
    /// ended. The word it was canceled from is 0 if it was not.
    /// </summary>
    private static bool TryFindRun(ref JobRecord record, long id, long mark, out long run, out long old)
    {
        while (true)
        {
            run = 0;
            if (JobMoves.TryCancel(ref record, id, mark, out old, out _))
            {
                return false;
            }

            long word = Atomic.Read(ref record.Word);
            old = 0;
            if (Atomic.Read(ref record.Id) != id || State(word) is not (>= WaitingChildren and <= Active))
            {
                return false;
            }

            if (State(word) == Active)
            {
                run = Ticket(word, SlotOf(id));
                return true;
            }
        }
    }
}
