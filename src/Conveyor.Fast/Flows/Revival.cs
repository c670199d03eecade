using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Retry by hand: a new life. A parent waits again for every child that has not ended: edges are opened under a guard of
/// the revival's own, which is dropped last, so the counter is only added to and looked at afterwards.
/// </summary>
internal sealed class Revival(JobTable table, Settlement settlement, Ending ending)
{
    private readonly Holds _holds = new(table, ending);

    /// <summary>Starts a new life. Nothing of it is out yet: the caller announces it, sends it out if it is ready, else drops the guard.</summary>
    public RevivedJob Revive(Stripe stripe, long id, bool includeCompleted)
    {
        int slot = SlotOf(id);
        ref JobRecord record = ref table.Record(slot);
        long mark = ending.Mark;
        lock (table.Structure)
        {
            // Looked at before it is held: a job that runs on must not lose its ticket to the hold of a refused call.
            long word = JobMoves.Settled(ref record, id);
            JobState state = Atomic.Read(ref record.Id) == id ? Visible(word) : JobState.None;
            if (state == JobState.None)
            {
                return new RevivedJob(id, RevivalFate.NotFound, state, 0);
            }

            if (!(state is JobState.Failed or JobState.Canceled || (state == JobState.Completed && includeCompleted)))
            {
                return new RevivedJob(id, RevivalFate.Refused, state, 0);
            }

            if (Has(word, HasStrayRun))
            {
                return new RevivedJob(id, RevivalFate.StillRunning, state, 0); // Two runs of one job do not overlap.
            }

            if (!JobMoves.TryHold(ref record, id, out word))
            {
                return new RevivedJob(id, RevivalFate.NotFound, JobState.None, 0); // Evicted meanwhile; no other call revives it under this lock.
            }

            bool isParent = Has(word, HasChildren) && AnyUnfinished(slot);
            if (isParent)
            {
                Atomic.Increment(ref record.Pending);
            }

            if (Has(word, TakesRoom) && table.Ledger(record.Queue).Room is { } room)
            {
                table.Rooms.Take(room); // Before the step: an end that comes right after it gives the room back.
            }

            // Before the step too, after which a cancel or a child writes how this life has ended.
            JobMoves.Unrecord(ref record);
            ref JobReferences references = ref table.References(slot);
            (references.Result as ValueBox)?.Return();
            references.Result = null;
            references.Extra = references.CustomId; // A fresh budget: runs, stalls and logs of the old life are gone.
            record.Ended = 0;
            record.Worker = 0;
            record.AttemptsMade = 0;
            long seen;
            do
            {
                seen = Atomic.Read(ref record.Word);
            }
            while (!JobMoves.TryRevive(ref record, seen, isParent ? WaitingChildren : Waiting, mark, out word));

            stripe.Count(record.Queue, State(seen), isParent ? WaitingChildren : Waiting);
            if (isParent)
            {
                OpenEdges(slot);
            }

            _holds.LetGo(stripe, id); // Gives no ticket back: none of this life is out yet.
            if (Has(word, HasKey))
            {
                table.Keyed.TakeAgain(id);
            }

            return new RevivedJob(id, isParent ? RevivalFate.WaitsForChildren : RevivalFate.Ready, state, word);
        }
    }

    /// <summary>After the announcement of the revival: drops its guard.</summary>
    public long DropGuard(Stripe stripe, long id, out long readyWord)
    {
        int slot = SlotOf(id);
        readyWord = 0;
        return Atomic.Decrement(ref table.Record(slot).Pending) == 0
            ? settlement.AtZero(stripe, slot, id, ending.Mark, out readyWord)
            : 0;
    }

    private bool AnyUnfinished(int slot)
    {
        foreach (long childId in ending.Children(slot))
        {
            if (IsUnfinished(ref table.Record(SlotOf(childId)), childId))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUnfinished(ref JobRecord child, long childId)
    {
        long word = Atomic.Read(ref child.Word);
        return Atomic.Read(ref child.Id) == childId && State(word) is >= WaitingChildren and <= Active;
    }

    /// <summary>Opens the edge again to every child that has settled it and lives again: add first, then look.</summary>
    private void OpenEdges(int slot)
    {
        ref JobRecord parent = ref table.Record(slot);
        ref JobDetails details = ref table.Details(slot);
        FlowBlock block = table.Flows.Find(details.Block)!; // Pinned by the held parent.
        for (int i = details.FirstChild; i < details.FirstChild + details.ChildCount; i++)
        {
            if (block.OriginOf(i) == ChildOrigin.Own)
            {
                OpenOwn(ref parent, block.Ids[i]);
            }
            else if (table.Keyed.Find(block.Ids[i]) is { } child)
            {
                Atomic.Increment(ref parent.Pending);
                if (!child.TryReopen(parent.Id, i))
                {
                    Atomic.Decrement(ref parent.Pending); // Not the last: the revival's own guard stands.
                }
            }
        }
    }

    private void OpenOwn(ref JobRecord parent, long childId)
    {
        ref JobRecord child = ref table.Record(SlotOf(childId));
        while (true)
        {
            long seen = Atomic.Read(ref child.Word);
            if (!IsUnfinished(ref child, childId) || !Has(seen, EdgeSettled) || IsEnded(seen))
            {
                return;
            }

            Atomic.Increment(ref parent.Pending);
            if (Atomic.CompareExchange(ref child.Word, seen & ~EdgeSettled, seen) == seen)
            {
                return;
            }

            Atomic.Decrement(ref parent.Pending); // Not the last: the revival's own guard stands.
        }
    }
}
