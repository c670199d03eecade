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
    private readonly CancellationScratchPool _scratch = new();

    /// <summary>
    /// Whether a job was canceled here and now. What is left to the caller stands in the scratch, which the caller gives back;
    /// null for most jobs alone, which need none.
    /// </summary>
    public bool Cancel(Stripe stripe, long id, CancelReason reason, bool includeChildren, out CancellationScratch? scratch)
    {
        long mark = ending.Mark;
        EndedList ended = default;
        bool any = false;
        scratch = null;
        long next = id;
        do
        {
            int slot = SlotOf(next);
            ref JobRecord record = ref table.Record(slot);
            if (TryFindRun(ref record, next, mark, out long run, out long old))
            {
                (scratch ??= _scratch.Get()).ActiveRuns.Add((next, run));
                PushBelow(ref record, next, includeChildren, ref scratch);
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
                        (scratch ??= _scratch.Get()).Ready.Add((ticket, readyWord));
                    }
                }

                if (includeChildren && Has(old, HasChildren))
                {
                    _subtree.PushChildren(next, isRemoval: false, (scratch ??= _scratch.Get()).Open); // A parent that failed by this does not wait any more.
                }
            }
            else
            {
                PushBelow(ref record, next, includeChildren && next != id, ref scratch); // Ended: some below it may go on.
            }
        }
        while (scratch is not null && scratch.Open.TryPop(out next));

        ending.ConcludeAll(stripe, ended);
        if (scratch is not null)
        {
            foreach ((long ticket, long word) in scratch.Ready)
            {
                ending.AddReady(stripe, ticket, word);
            }
        }

        ending.Notify(stripe);
        return any;
    }

    public void Return(CancellationScratch scratch) => _scratch.Return(scratch);

    private void PushBelow(ref JobRecord record, long id, bool includeChildren, ref CancellationScratch? scratch)
    {
        if (includeChildren && Has(Atomic.Read(ref record.Word), HasChildren))
        {
            _subtree.PushChildren(id, isRemoval: false, (scratch ??= _scratch.Get()).Open);
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
