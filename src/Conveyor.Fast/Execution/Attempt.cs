using System.Runtime.CompilerServices;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Execution;

/// <summary>
/// One attempt: start, handler, end. The end is one step; the retry plan is made before it. Parents that become ready and
/// jobs that are to run again are returned, not dispatched.
/// </summary>
internal sealed partial class Attempt(JobTable table, Settlement settlement, Ending ending)
{
    /// <summary>Waiting to Active, by ticket. False if the ticket is dead or its job is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStart(Stripe stripe, JobRun run, long ticket, int worker, long now, out long word)
    {
        int slot = SlotOf(ticket);
        Segment segment = table.SegmentOf(slot);
        ref JobRecord record = ref segment.Record(slot);
        run.Prepare(ticket + OneStep);
        long mark = ending.Mark;
        if (JobMoves.TryBegin(ref record, ticket, mark, out word) != BeginFate.Started)
        {
            run.Forget();
            return false;
        }

        record.Started = Math.Max(now, record.Started);
        record.Worker = worker;
        ref JobReferences references = ref segment.References(slot);
        if (record.AttemptsMade != 0 || references.Extra is not null)
        {
            references.Result = null; // Why the last run ended; this one's value takes its place.
            references.History?.Begin();
        }

        stripe.Count(record.Queue, Waiting, Active);
        return true;
    }

    /// <summary>Announces a start; apart from it, since who pauses waits for the start and must not wait for user code.</summary>
    public void AnnounceStart(long number, long word, JobEvents events)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        JobAnnouncements announcements = ending.Announcements;
        announcements.Announce(record.Id, record.Queue, word, events, announcements.Capture(slot, JobEventType.Active, Active, Waiting));
    }

    /// <summary>Ends a run whose handler has returned a value. Returns the ticket of a parent that became ready, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Complete(Stripe stripe, JobRun run, long number, long now, QueueLedger ledger, JobEvents events, out long readyWord)
    {
        int slot = SlotOf(number);
        Segment segment = table.SegmentOf(slot);
        ref JobRecord record = ref segment.Record(slot);
        JobSettings settings = segment.References(slot).Definition.Settings;
        long id = record.Id;
        long parentId = record.ParentId;
        record.Ended = Math.Max(now, record.Started);
        record.AttemptsMade++;
        long mark = ending.Mark;
        if (JobMoves.TryEnd(ref record, number, Completed, mark, out long old, out long word) != EndFate.Won)
        {
            record.AttemptsMade--;
            return Cancel(stripe, run, number, now, events, null, out readyWord);
        }

        run.Finish(cancelSeen: false);
        readyWord = 0;
        long ready = 0;
        EndedList ended = default;
        if ((old & (HasParent | EdgeSettled)) == HasParent)
        {
            ready = settlement.Settle(stripe, id, parentId, null, bad: false, mark, ref ended, out readyWord);
        }

        ending.Conclude(stripe, slot, ledger, settings, Active, word, events);
        stripe.Count(ledger.Number, Active, Completed); // HB-11: after the parents that follow from it.
        ending.AddReady(stripe, ready, readyWord);
        ending.Notify(stripe);
        return ready;
    }

    /// <summary>Ends a run badly for good: by a cancel, or Failed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long EndBadly(Stripe stripe, JobRun run, long number, long now, JobEvents events, object cause, out long readyWord) =>
        End(stripe, run, number, Failed, cause, now, events, out readyWord);

    /// <summary>Ends a run whose job was canceled while it ran.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Cancel(Stripe stripe, JobRun run, long number, long now, JobEvents events, Exception? error, out long readyWord)
    {
        CancelReason reason = run.ReasonOf(number) ?? CancelReason.None;
        if (error is not null and not OperationCanceledException)
        {
            reason = new CancelReason(reason.Text) { Error = error };
        }

        return End(stripe, run, number, Canceled, reason, now, events, out readyWord);
    }

    /// <summary>
    /// Puts a job back to wait once its run has ended: for another attempt, or because its handler asked for it. False if a
    /// cancel came first. The slot is free for other jobs at once.
    /// </summary>
    public bool TryRequeue(Stripe stripe, JobRun run, long number, JobAttemptOutcome outcome, object? cause, long state, long now, JobEvents events, out long ticket)
    {
        if (!TryStepBack(number, outcome, cause, state, now, stray: 0, out JobReturn back))
        {
            ticket = 0;
            return false;
        }

        run.Finish(cancelSeen: false);
        FollowBack(stripe, back, outcome, events);
        ticket = Ticket(back.Word, back.Slot);
        return true;
    }

    private long End(Stripe stripe, JobRun run, long number, long state, object cause, long now, JobEvents events, out long readyWord)
    {
        JobEnd end = StepToEnd(number, state, cause, isAttempt: true, now, stray: 0);
        if (end.Fate == EndFate.CancelWins)
        {
            return Cancel(stripe, run, number, now, events, cause as Exception, out readyWord);
        }

        if (end.Fate == EndFate.Stale)
        {
            ReturnLate(stripe, run, number); // The job was removed after this run had claimed its end.
            readyWord = 0;
            return 0;
        }

        run.Finish(cancelSeen: Has(end.Old, CancelRequested));
        return Follow(stripe, end, events, out readyWord);
    }

    /// <summary>Writes the outcome of a run that did not complete its job, and takes the terminal step.</summary>
    private JobEnd StepToEnd(long number, long state, object cause, bool isAttempt, long now, long stray)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        ref JobReferences references = ref table.References(slot);
        JobEnd end = new()
        {
            Slot = slot,
            Id = record.Id,
            ParentId = record.ParentId,
            Queue = record.Queue,
            Settings = references.Definition.Settings,
            State = state,
            Cause = cause,
            Mark = ending.Mark,
        };
        record.Ended = Math.Max(now, record.Started);
        (references.Result as ValueBox)?.Return();
        references.Result = cause;
        record.AttemptsMade += isAttempt ? 1 : 0;
        end.Fate = JobMoves.TryEnd(ref record, number, state, end.Mark | stray, out end.Old, out end.Word);
        if (end.Fate != EndFate.Won)
        {
            record.AttemptsMade -= isAttempt ? 1 : 0;
        }

        return end;
    }

    /// <summary>What follows from that step. Returns the ticket of a parent that became ready, or 0.</summary>
    private long Follow(Stripe stripe, in JobEnd end, JobEvents? events, out long readyWord)
    {
        long ready = 0;
        readyWord = 0;
        EndedList ended = default;
        if ((end.Old & (HasParent | EdgeSettled)) == HasParent)
        {
            ready = settlement.Settle(stripe, end.Id, end.ParentId, end.Cause, bad: true, end.Mark, ref ended, out readyWord);
        }

        ending.Conclude(stripe, end.Slot, table.Ledger(end.Queue), end.Settings, Active, end.Word, events);
        ending.ConcludeAll(stripe, ended);
        stripe.Count(end.Queue, Active, end.State); // HB-11: after the parents that follow from it.
        ending.AddReady(stripe, ready, readyWord);
        ending.Notify(stripe);
        return ready;
    }

    /// <summary>Writes what is left of a run whose job goes on, and takes the step. A stall and a move are no attempts.</summary>
    private bool TryStepBack(long number, JobAttemptOutcome outcome, object? cause, long state, long now, long stray, out JobReturn back)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        ref JobReferences references = ref table.References(slot);
        back = new JobReturn { Slot = slot, Id = record.Id, Queue = record.Queue };
        int kept = references.Definition.Settings.AttemptsKept;
        bool isAttempt = outcome is JobAttemptOutcome.Failed or JobAttemptOutcome.TimedOut;
        JobHistory? history = isAttempt && kept == 0 ? references.History : JobHistory.Of(ref references, record.AttemptsMade);
        history?.End(record.Started, Math.Max(now, record.Started), outcome, cause, kept);
        (references.Result as ValueBox)?.Return();
        references.Result = cause;
        record.AttemptsMade += isAttempt ? 1 : 0;
        if (JobMoves.TryRequeue(ref record, number, state, ending.Mark | stray, out back.Word) == EndFate.Won)
        {
            return true;
        }

        record.AttemptsMade -= isAttempt ? 1 : 0;
        history?.TakeBackEnd(outcome);
        return false;
    }

    private void FollowBack(Stripe stripe, in JobReturn back, JobAttemptOutcome outcome, JobEvents? events)
    {
        long state = State(back.Word);
        stripe.Count(back.Queue, Active, state);
        if (!Has(back.Word, Announcing))
        {
            return;
        }

        JobAnnouncements announcements = ending.Announcements;
        JobEvent goesOn = announcements.Capture(back.Slot, state == Waiting ? JobEventType.Waiting : JobEventType.Delayed, state, Active);
        if (outcome == JobAttemptOutcome.Moved)
        {
            announcements.Announce(back.Id, back.Queue, back.Word, events, goesOn);
        }
        else
        {
            JobEventType type = outcome == JobAttemptOutcome.Stalled ? JobEventType.Stalled : JobEventType.Retrying;
            announcements.Announce(back.Id, back.Queue, back.Word, events, announcements.Capture(back.Slot, type, state, Active), goesOn);
        }
    }
}
