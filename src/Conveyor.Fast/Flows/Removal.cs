using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Removes a job and its subtree, all or nothing: every job is held first, so none of them starts meanwhile; an active
/// one makes the call let go of all. Then they go from the top, so that none is promoted or failed by another's going.
/// </summary>
internal sealed class Removal(JobTable table, Settlement settlement, Ending ending)
{
    private readonly Holds _holds = new(table, ending);
    private readonly Subtree _subtree = new(table);

    /// <summary>None: removed. Active: refused because of the named job. Anything else: there is no such job.</summary>
    public RemovalFate Remove(Stripe stripe, long id, bool keepChildren, List<(long Ticket, long Word)> ready, List<long> putBack, out long activeId)
    {
        List<long> held = [];
        List<(int Slot, long Previous, long Word)> removed = [];
        long mark = ending.Mark;
        EndedList ended = default;
        lock (table.Structure)
        {
            RemovalFate fate = HoldAllLocked(id, keepChildren, held, out activeId);
            if (fate != RemovalFate.Removed)
            {
                LetGoAllLocked(stripe, held, putBack);
                return fate;
            }

            removed.EnsureCapacity(held.Count);
            foreach (long heldId in held)
            {
                RemoveOneLocked(stripe, heldId, mark, removed, ready, ref ended);
            }
        }

        foreach ((int slot, long previous, long word) in removed)
        {
            ending.ConcludeRemoval(stripe, slot, previous, word);
        }

        ending.ConcludeAll(stripe, ended);
        ending.Notify(stripe);
        return removed.Count != 0 ? RemovalFate.Removed : RemovalFate.NotFound; // A policy may have taken it out of the hold.
    }

    private RemovalFate HoldAllLocked(long id, bool keepChildren, List<long> held, out long activeId)
    {
        activeId = 0;
        Stack<long> open = new();
        open.Push(id);
        while (open.TryPop(out long next))
        {
            int slot = SlotOf(next);
            ref JobRecord record = ref table.Record(slot);
            if (!JobMoves.TryHold(ref record, next, out long word))
            {
                if (Atomic.Read(ref record.Id) == next && State(word) == Active)
                {
                    activeId = next;
                    return RemovalFate.Active;
                }

                if (next == id)
                {
                    return RemovalFate.NotFound;
                }

                continue; // Removed or evicted already.
            }

            if (Has(word, HasKey) && held.Contains(next))
            {
                continue; // Met under another parent, or under this one twice.
            }

            held.Add(next);
            if (!keepChildren && Has(word, HasChildren))
            {
                _subtree.PushChildren(next, isRemoval: true, open);
            }
        }

        return RemovalFate.Removed;
    }

    private void RemoveOneLocked(Stripe stripe, long id, long mark, List<(int Slot, long Previous, long Word)> removed, List<(long Ticket, long Word)> ready, ref EndedList ended)
    {
        int slot = SlotOf(id);
        ref JobRecord record = ref table.Record(slot);
        long seen;
        long word;
        do
        {
            seen = JobMoves.Settled(ref record, id);
            if (Atomic.Read(ref record.Id) != id || Visible(seen) == JobState.None)
            {
                _holds.LetGo(stripe, id); // A hold does not keep off the parent's policy: that has removed it.
                return;
            }
        }
        while (!JobMoves.TryRemove(ref record, seen, mark, out word));

        if (State(seen) == Delayed)
        {
            table.Delays.Remove(Ticket(seen, slot));
        }

        removed.Add((slot, State(seen), word));
        if (!IsEnded(seen) && Has(seen, HasParent) && !Has(seen, EdgeSettled))
        {
            long ticket = settlement.Settle(stripe, id, record.ParentId, null, bad: false, mark, ref ended, out long readyWord);
            if (ticket != 0)
            {
                ready.Add((ticket, readyWord));
            }
        }

        stripe.Count(record.Queue, State(seen), Free); // HB-11: after the parent that follows from it.
    }

    private void LetGoAllLocked(Stripe stripe, List<long> held, List<long> putBack)
    {
        foreach (long id in held)
        {
            if (_holds.LetGo(stripe, id) is not 0 and var ticket)
            {
                putBack.Add(ticket);
            }
        }
    }
}
