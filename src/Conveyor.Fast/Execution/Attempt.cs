using System.Runtime.CompilerServices;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Execution;

/// <summary>
/// One attempt: start, handler, end. The end is one step; the retry plan is made before it. Parents that become ready and
/// jobs that are to run again are returned, not dispatched.
/// </summary>
internal sealed class Attempt(JobTable table, Settlement settlement, Ending ending)
{
    /// <summary>Waiting to Active, by ticket. False if the ticket is dead or its job is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStart(Stripe stripe, JobRun run, long ticket, int worker, long now, out long word)
    {
        int slot = SlotOf(ticket);
        Segment segment = table.SegmentOf(slot);
        ref JobRecord record = ref segment.Record(slot);
        run.Prepare(ticket + OneStep, segment);
        long mark = ending.Mark;
        if (JobMoves.TryBegin(ref record, ticket, mark, out word) != BeginFate.Started)
        {
            run.Forget();
            return false;
        }

        record.Started = Math.Max(now, record.Started);
        record.Worker = worker;
        if (record.AttemptsMade != 0)
        {
            segment.References(slot).Result = null; // The last failure; this run's value takes its place.
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
        Segment segment = run.Segment!;
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

    /// <summary>Puts a job whose run failed back for another attempt. False if a cancel came first. The slot is free for other jobs at once.</summary>
    public bool TryRetry(Stripe stripe, JobRun run, long number, object cause, long dueTimestamp, JobEvents events, out long ticket)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        ref JobReferences references = ref table.References(slot);
        (references.Result as ValueBox)?.Return();
        references.Result = cause;
        int queue = record.Queue;
        long id = record.Id;
        long state = dueTimestamp == 0 ? Waiting : Delayed;
        long mark = ending.Mark;
        record.Ended = dueTimestamp;
        record.AttemptsMade++;
        if (JobMoves.TryRequeue(ref record, number, state, mark, out long word) != EndFate.Won)
        {
            record.AttemptsMade--;
            ticket = 0;
            return false;
        }

        run.Finish(cancelSeen: false);
        stripe.Count(queue, Active, state);
        if (Has(word, Announcing))
        {
            JobAnnouncements announcements = ending.Announcements;
            announcements.Announce(id, queue, word, events,
                announcements.Capture(slot, JobEventType.Retrying, state, Active),
                announcements.Capture(slot, state == Waiting ? JobEventType.Waiting : JobEventType.Delayed, state, Active));
        }

        ticket = Ticket(word, slot);
        return true;
    }

    /// <summary>Announces a promotion; the ticket goes out after it.</summary>
    public void AnnounceReady(long ticket, long word)
    {
        if (Has(word, Announcing))
        {
            int slot = SlotOf(ticket);
            ref JobRecord record = ref table.Record(slot);
            JobAnnouncements announcements = ending.Announcements;
            announcements.Announce(record.Id, record.Queue, word, null, announcements.Capture(slot, JobEventType.Waiting, Waiting, WaitingChildren));
        }
    }

    private long End(Stripe stripe, JobRun run, long number, long state, object cause, long now, JobEvents events, out long readyWord)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        ref JobReferences references = ref table.References(slot);
        JobSettings settings = references.Definition.Settings;
        int queue = record.Queue;
        long id = record.Id;
        long parentId = record.ParentId;
        record.Ended = Math.Max(now, record.Started);
        (references.Result as ValueBox)?.Return();
        references.Result = cause;
        record.AttemptsMade++;
        long mark = ending.Mark;
        EndFate fate = JobMoves.TryEnd(ref record, number, state, mark, out long old, out long word);
        if (fate == EndFate.CancelWins)
        {
            record.AttemptsMade--;
            return Cancel(stripe, run, number, now, events, cause as Exception, out readyWord);
        }

        run.Finish(cancelSeen: Has(old, CancelRequested));
        readyWord = 0;
        if (fate == EndFate.Stale)
        {
            return 0;
        }

        long ready = 0;
        EndedList ended = default;
        if ((old & (HasParent | EdgeSettled)) == HasParent)
        {
            ready = settlement.Settle(stripe, id, parentId, cause, bad: true, mark, ref ended, out readyWord);
        }

        ending.Conclude(stripe, slot, table.Ledger(queue), settings, Active, word, events);
        ending.ConcludeAll(stripe, ended);
        stripe.Count(queue, Active, state); // HB-11: after the parents that follow from it.
        ending.Notify(stripe);
        return ready;
    }
}
