using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Admission;

/// <summary>What can be done to a job by hand: the stages' answers are carried out here, with no lock held.</summary>
internal sealed class JobOperations(Dispatcher dispatcher, EventHub hub)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly Cancellation _cancellation = new(dispatcher.Table, dispatcher.Settlement, dispatcher.Ending);
    private readonly Revival _revival = new(dispatcher.Table, dispatcher.Settlement, dispatcher.Ending);
    private readonly PriorityChange _priorityChange = new(dispatcher.Table, dispatcher.Ending);

    public Removal Removal { get; } = new(dispatcher.Table, dispatcher.Settlement, dispatcher.Ending);

    public bool Cancel(long id, string? reason, bool includeChildren) => Cancel(id, CancelReason.From(reason), includeChildren);

    /// <summary>Asks for the cancellation of one run and fires its token. False if the run is over or was asked before.</summary>
    public bool CancelRun(long run, CancelReason reason)
    {
        if (dispatcher.Runs.Find(run) is not { } found)
        {
            return false;
        }

        found.OfferReason(run, reason);
        if (!JobMoves.TryRequestCancel(ref _table.Record(StateWord.SlotOf(run)), run))
        {
            return false;
        }

        // HB-4: the request stands in the word, then the source is looked for; a handler that asks for its token later
        // finds the request.
        try
        {
            found.SourceOf(run)?.Cancel();
        }
        catch (AggregateException error)
        {
            hub.ReportError(error, "A cancellation callback");
        }

        return true;
    }

    public bool Remove(long id, bool keepChildren)
    {
        RemovalFate fate = TryRemove(id, keepChildren, out long activeId);
        return fate != RemovalFate.Active ? fate == RemovalFate.Removed
            : throw new InvalidJobStateException(new JobId(activeId), JobState.Active, "removed", "any state but Active");
    }

    /// <summary>Removes a job that has not started or waits for another attempt, and leaves any other alone. One that runs and ends meanwhile may go with its record.</summary>
    public void RemovePending(long id)
    {
        ref JobRecord record = ref _table.Record(StateWord.SlotOf(id));
        long word = Atomic.Read(ref record.Word);
        if (StateWord.Visible(word) is JobState.Delayed or JobState.Waiting && Atomic.Read(ref record.Id) == id)
        {
            TryRemove(id, keepChildren: false, out _);
        }
    }

    /// <summary>Carries out what a removal has left, on the stripe it was done with.</summary>
    public void Finish(Stripe stripe, RemovalWork work)
    {
        Removal.Conclude(stripe, work);
        StripePool.Return(stripe);
        for (int i = work.PutBack.Count - 1; i >= 0; i--)
        {
            dispatcher.Ready(work.PutBack[i], toFront: true);
        }

        Dispatch(work.Ready);
        dispatcher.Idle.Check();
    }

    public void Retry(long id, string queueName, bool includeCompleted)
    {
        RevivedJob revived = Revive(id, includeCompleted);
        if (revived.Fate == RevivalFate.NotFound)
        {
            throw new JobNotFoundException(new JobId(id), queueName);
        }

        if (revived.Fate == RevivalFate.Refused)
        {
            throw new InvalidJobStateException(new JobId(id), revived.Previous, "retried", includeCompleted ? "Failed, Canceled or Completed" : "Failed or Canceled (or Completed with includeCompleted)");
        }

        if (revived.Fate == RevivalFate.StillRunning)
        {
            throw new InvalidJobStateException(new JobId(id), revived.Previous, "retried", "a job whose handler has returned (its run timed out, stalled or was failed by hand, and goes on)");
        }

        SendOut(revived);
        DropGuard(revived);
    }

    /// <summary>Starts a job's new life, of which nobody knows yet.</summary>
    public RevivedJob Revive(long id, bool includeCompleted)
    {
        Stripe stripe = _table.Stripes.Rent();
        RevivedJob revived = _revival.Revive(stripe, id, includeCompleted);
        dispatcher.Ending.EvictReleased(stripe);
        dispatcher.Ending.Notify(stripe);
        StripePool.Return(stripe);
        return revived;
    }

    /// <summary>Announces a new life and makes it takeable, if it does not wait for children.</summary>
    public void SendOut(RevivedJob revived)
    {
        bool isReady = revived.Fate == RevivalFate.Ready;
        if (StateWord.Has(revived.Word, StateWord.Announcing))
        {
            int slot = StateWord.SlotOf(revived.Id);
            JobAnnouncements announcements = dispatcher.Ending.Announcements;
            JobEventType type = isReady ? JobEventType.Waiting : JobEventType.WaitingChildren;
            announcements.Announce(revived.Id, _table.Record(slot).Queue, revived.Word, null, announcements.Capture(slot, type, StateWord.State(revived.Word), (long)revived.Previous));
        }

        if (isReady)
        {
            dispatcher.Ready(revived.Ticket, toFront: false);
        }
    }

    /// <summary>Lets a parent that was retried be promoted.</summary>
    public void DropGuard(RevivedJob revived)
    {
        if (revived.Fate == RevivalFate.WaitsForChildren)
        {
            Stripe stripe = _table.Stripes.Rent();
            long ready = _revival.DropGuard(stripe, revived.Id, out long readyWord);
            dispatcher.AnnounceAndPromote(stripe, ready, readyWord);
            StripePool.Return(stripe);
        }
    }

    public void ChangePriority(long id, int priority, bool toFront, string queueName)
    {
        Stripe stripe = _table.Stripes.Rent();
        JobState state = _priorityChange.Change(stripe, id, priority, out long ticket, out long word);
        dispatcher.Ending.EvictReleased(stripe);
        dispatcher.Ending.Notify(stripe);
        StripePool.Return(stripe);
        if (state == JobState.None)
        {
            throw new JobNotFoundException(new JobId(id), queueName);
        }

        if (state is not (JobState.WaitingChildren or JobState.Delayed or JobState.Waiting))
        {
            throw new InvalidJobStateException(new JobId(id), state, "given another priority", "WaitingChildren, Delayed or Waiting");
        }

        if (ticket == 0)
        {
            return;
        }

        TellNothing(id, word);
        dispatcher.Ready(ticket, toFront);
    }

    /// <summary>Makes a delayed job ready before its time.</summary>
    public void Promote(long id, string queueName)
    {
        while (!dispatcher.Delays.TryPromote(StateWord.Ticket(RequireDelayed(id, "promoted", queueName), StateWord.SlotOf(id))))
        {
        }
    }

    /// <summary>Delays a delayed job anew, from now on.</summary>
    public void ChangeDelay(long id, TimeSpan delay, string queueName)
    {
        int slot = StateWord.SlotOf(id);
        long due = _table.Clock.DueAfter(delay); // Before the step: whoever sees it may advance the clock.
        long seen;
        long word;
        do
        {
            seen = RequireDelayed(id, "given another delay", queueName);
        }
        while (!JobMoves.TryDelayAnew(ref _table.Record(slot), seen, out word));

        _table.Delays.Remove(StateWord.Ticket(seen, slot)); // Who ends the new stay before it is under the clock takes out only that one's entry.
        dispatcher.Delays.Add(StateWord.Ticket(word, slot), due);
        TellNothing(id, word);
    }

    private bool Cancel(long id, CancelReason reason, bool includeChildren)
    {
        Stripe stripe = _table.Stripes.Rent();
        bool any = _cancellation.Cancel(stripe, id, reason, includeChildren, out CancellationScratch? scratch);
        StripePool.Return(stripe);
        if (scratch is not null)
        {
            Dispatch(scratch.Ready);
            foreach ((long activeId, long run) in scratch.ActiveRuns)
            {
                // A run that has ended meanwhile may have left the job to another one.
                any |= CancelRun(run, reason) || (!IsUnderWay(run) && Cancel(activeId, reason, includeChildren));
            }

            _cancellation.Return(scratch);
        }

        dispatcher.Idle.Check();
        return any;
    }

    private RemovalFate TryRemove(long id, bool keepChildren, out long activeId)
    {
        RemovalWork work = new();
        Stripe stripe = _table.Stripes.Rent();
        RemovalFate fate = Removal.RemoveTree(stripe, id, keepChildren, work);
        Finish(stripe, work);
        activeId = work.ActiveId;
        return fate;
    }

    /// <summary>After a step that no event tells of: an announcement under way counts the steps.</summary>
    private void TellNothing(long id, long word)
    {
        if (StateWord.Has(word, StateWord.JoinsRow))
        {
            dispatcher.Ending.Announcements.Announce(id, _table.Record(StateWord.SlotOf(id)).Queue, word, null);
        }
    }

    private long RequireDelayed(long id, string what, string queueName)
    {
        ref JobRecord record = ref _table.Record(StateWord.SlotOf(id));
        long word = JobMoves.Settled(ref record, id);
        JobState state = Atomic.Read(ref record.Id) == id ? StateWord.Visible(word) : JobState.None;
        return state switch
        {
            JobState.Delayed => word,
            JobState.None => throw new JobNotFoundException(new JobId(id), queueName),
            _ => throw new InvalidJobStateException(new JobId(id), state, what, "Delayed"),
        };
    }

    private bool IsUnderWay(long run) =>
        StateWord.Stands(Atomic.Read(ref _table.Record(StateWord.SlotOf(run)).Word), run, StateWord.Active);

    private void Dispatch(List<(long Ticket, long Word)> ready)
    {
        foreach ((long ticket, long word) in ready)
        {
            dispatcher.Promoted(ticket, word);
        }
    }
}
