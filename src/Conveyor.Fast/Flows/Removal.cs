using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Removes jobs. All of a set take their steps before any of their edges is settled, so that none is promoted or failed by
/// another's going, however they hang together. Where it is all or nothing each of them is held first, so none starts
/// meanwhile; an active one makes the call let go of all.
/// </summary>
internal sealed class Removal(JobTable table, Settlement settlement, Ending ending)
{
    private readonly Holds _holds = new(table, ending);
    private readonly Subtree _subtree = new(table);

    /// <summary>Removes a job and its subtree, all or nothing. <see cref="Conclude"/> follows whatever the answer is.</summary>
    public RemovalFate RemoveTree(Stripe stripe, long id, bool keepChildren, RemovalWork work)
    {
        lock (table.Structure)
        {
            RemovalFate fate = HoldTreeLocked(id, keepChildren, work);
            return fate == RemovalFate.Removed ? RemoveHeldLocked(stripe, null, work) : LetGoAllLocked(stripe, fate, work);
        }
    }

    /// <summary>Removes all jobs of a choice that are there, or none because of one that runs. <see cref="Conclude"/> follows.</summary>
    public RemovalFate RemoveAll(Stripe stripe, List<long> ids, JobChoice choice, RemovalWork work)
    {
        lock (table.Structure)
        {
            foreach (long id in ids)
            {
                if (!TryHoldLocked(id, work, out _) && work.ActiveId != 0)
                {
                    return LetGoAllLocked(stripe, RemovalFate.Active, work);
                }
            }

            return RemoveHeldLocked(stripe, choice, work);
        }
    }

    /// <summary>
    /// Removes those that are still of the choice when it is their turn, up to a limit. What runs is left alone or, with
    /// <paramref name="takeRunning"/>, taken from its run by the run's number. <see cref="Conclude"/> follows.
    /// </summary>
    public void RemoveEach(Stripe stripe, List<long> ids, JobChoice choice, int limit, Func<Stripe, long, RemovedJob?>? takeRunning, RemovalWork work)
    {
        lock (table.Structure)
        {
            work.Removed.EnsureCapacity(Math.Min(ids.Count, limit));
            foreach (long id in ids)
            {
                if (work.Removed.Count == limit)
                {
                    break;
                }

                while (!TryStepLocked(id, choice, work, out long seen) && State(seen) == Active && takeRunning is not null)
                {
                    if (takeRunning(stripe, Ticket(seen, SlotOf(id))) is { } taken)
                    {
                        work.Removed.Add(taken);
                        break;
                    }
                }
            }

            SettleAllLocked(stripe, choice, work);
        }
    }

    /// <summary>Records, counts and tells what was removed, in order. No lock is held: subscribers hear of it.</summary>
    public void Conclude(Stripe stripe, RemovalWork work)
    {
        foreach (RemovedJob removed in work.Removed)
        {
            int slot = SlotOf(removed.Id);
            int queue = table.Record(slot).Queue; // Before the slot is given back.
            ending.ConcludeRemoval(stripe, slot, State(removed.Old), removed.Word);
            stripe.Count(queue, State(removed.Old), Free); // HB-11: after the parents that follow from it, also those that attached.
        }

        ending.EvictReleased(stripe);
        foreach ((long ticket, long word) in work.Ready)
        {
            ending.AddReady(stripe, ticket, word);
        }

        ending.Notify(stripe);
    }

    private RemovalFate HoldTreeLocked(long id, bool keepChildren, RemovalWork work)
    {
        Stack<long> open = new();
        open.Push(id);
        while (open.TryPop(out long next))
        {
            if (TryHoldLocked(next, work, out long word))
            {
                if (!keepChildren && Has(word, HasChildren))
                {
                    _subtree.PushChildren(next, isRemoval: true, open);
                }
            }
            else if (work.ActiveId != 0)
            {
                return RemovalFate.Active;
            }
            else if (next == id)
            {
                return RemovalFate.NotFound;
            }
        }

        return RemovalFate.Removed;
    }

    /// <summary>False if it runs, is gone, or was met before: under another parent, or under the same one twice.</summary>
    private bool TryHoldLocked(long id, RemovalWork work, out long word)
    {
        ref JobRecord record = ref table.Record(SlotOf(id));
        if (!JobMoves.TryHold(ref record, id, out word))
        {
            work.ActiveId = Atomic.Read(ref record.Id) == id && State(word) == Active ? id : 0;
            return false;
        }

        if (Has(word, HasKey) && !work.HeldWithKey.Add(id))
        {
            return false;
        }

        work.Held.Add(id);
        return true;
    }

    private RemovalFate RemoveHeldLocked(Stripe stripe, JobChoice? choice, RemovalWork work)
    {
        work.Removed.EnsureCapacity(work.Held.Count);
        foreach (long id in work.Held)
        {
            if (!TryStepLocked(id, null, work, out _))
            {
                _holds.LetGo(stripe, id); // A hold does not keep off the parent's policy: that has removed it.
            }
        }

        SettleAllLocked(stripe, choice, work);
        return work.Removed.Count != 0 ? RemovalFate.Removed : RemovalFate.NotFound;
    }

    private RemovalFate LetGoAllLocked(Stripe stripe, RemovalFate fate, RemovalWork work)
    {
        foreach (long id in work.Held)
        {
            if (_holds.LetGo(stripe, id) is not 0 and var ticket)
            {
                work.PutBack.Add(ticket);
            }
        }

        return fate;
    }

    /// <summary>Takes the step of a job that does not run. False if it is not of the choice, or gone: then the word seen is 0.</summary>
    private bool TryStepLocked(long id, JobChoice? choice, RemovalWork work, out long seen)
    {
        int slot = SlotOf(id);
        ref JobRecord record = ref table.Record(slot);
        while (true)
        {
            seen = JobMoves.Settled(ref record, id);
            seen = Atomic.Read(ref record.Id) == id && Visible(seen) != JobState.None ? seen : 0;
            if (seen == 0 || State(seen) == Active || choice?.Takes(seen, record, table.Details(slot)) == false)
            {
                return false;
            }

            if (JobMoves.TryRemove(ref record, seen, ending.Mark, out long word))
            {
                work.Removed.Add(new RemovedJob(id, seen, word));
                return true;
            }
        }
    }

    /// <summary>Settles the edges of all that were removed: they belong to the step. A parent that goes with its child joins them.</summary>
    private void SettleAllLocked(Stripe stripe, JobChoice? choice, RemovalWork work)
    {
        EndedList ended = default; // Stays empty: a removed child ends no parent.
        for (int i = 0; i < work.Removed.Count; i++)
        {
            (long id, long old, _) = work.Removed[i];
            int slot = SlotOf(id);
            ref JobRecord record = ref table.Record(slot);
            if (State(old) == Delayed)
            {
                table.Delays.Remove(Ticket(old, slot));
            }

            if (!IsEnded(old) && Has(old, HasParent) && !Has(old, EdgeSettled))
            {
                if (choice is { TakesParents: true } && State(Atomic.Read(ref table.Record(SlotOf(record.ParentId)).Word)) == WaitingChildren)
                {
                    TryStepLocked(record.ParentId, choice, work, out _);
                }

                long ticket = settlement.Settle(stripe, id, record.ParentId, null, bad: false, ending.Mark, ref ended, out long readyWord);
                if (ticket != 0)
                {
                    work.Ready.Add((ticket, readyWord));
                }
            }
        }
    }
}
