using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <content>What user code hears of an operation, once it has ended all that it ends.</content>
internal sealed partial class Ending
{
    /// <summary>Of a parent that became ready is told after what the operation has ended; its ticket goes out after that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddReady(Stripe stripe, long ticket, long word)
    {
        if (Has(word, Announcing))
        {
            stripe.Notices.Add(ReadyNotice(ticket, word));
        }
    }

    public Notice ReadyNotice(long ticket, long word, bool sendsOut = false)
    {
        int slot = SlotOf(ticket);
        ref JobRecord record = ref _table.Record(slot);
        JobEventType type = State(word) == Delayed ? JobEventType.Delayed : JobEventType.Waiting;
        return new Notice
        {
            Id = record.Id,
            Queue = record.Queue,
            Word = word,
            ReadyTicket = sendsOut ? ticket : 0,
            Events = Has(word, Announcing) ? [Announcements.Capture(slot, type, State(word), WaitingChildren)] : [],
        };
    }

    /// <summary>
    /// Tells user code what the operation has ended, in order, and the alarm what it has kept for a time: a clock of the user's
    /// own may ring at once. No job is held or unrecorded by this thread any more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Notify(Stripe stripe)
    {
        if (stripe.Notices.Count != 0)
        {
            NotifyAll(stripe);
        }

        if (stripe.FirstExpiry != long.MaxValue)
        {
            long due = stripe.FirstExpiry;
            stripe.FirstExpiry = long.MaxValue;
            ArmFor(due); // HB-14: the jobs lie in their wheel.
        }
    }

    private void NotifyAll(Stripe stripe)
    {
        List<Notice> notices = stripe.TakeNotices();
        List<(long Id, AnnouncedStep Step)>? untold = null;
        foreach (ref readonly Notice notice in CollectionsMarshal.AsSpan(notices))
        {
            if (notice.Events.Length != 0)
            {
                AnnouncedStep? cause = untold is null ? null : CauseOf(SlotOf(notice.Id), untold);
                AnnouncedStep step = Announcements.Announce(notice.Id, notice.Queue, notice.Word, notice.Worker, cause, notice.Events);
                if (!step.IsDelivered)
                {
                    (untold ??= []).Add((notice.Id, step));
                }
            }

            if (notice.ReadyTicket != 0)
            {
                Promoted(notice.ReadyTicket, notice.Word);
            }

            if (notice.Outcome is { } outcome)
            {
                _table.Waiters.Complete(outcome with { Reason = Failure.Describe(_table, notice.Word, outcome.Cell, outcome.Bits) }, notice.Word);
            }
        }

        stripe.ReturnNotices(notices);
    }

    /// <summary>
    /// The end of a child from which a parent's step follows, if it waits behind an announcement of that child which is under
    /// way, maybe further up on this very stack.
    /// </summary>
    private AnnouncedStep? CauseOf(int parent, List<(long Id, AnnouncedStep Step)> untold) =>
        untold.FindLast(each => Children(parent).Contains(each.Id)).Step;

    private JobEvent[] CaptureEnd(int slot, long word, long previous)
    {
        long state = State(word);
        JobEventType type = state == Completed ? JobEventType.Completed : state == Failed ? JobEventType.Failed : JobEventType.Canceled;
        JobEvent end = Announcements.Capture(slot, type, state, previous);
        int attempts = _table.References(slot).Definition.Settings.Attempts;
        return state == Failed && previous == Active && attempts > 1 && _table.Record(slot).AttemptsMade >= attempts
            ? [Announcements.Capture(slot, JobEventType.RetriesExhausted, state, previous), end]
            : [end];
    }

    private JobOutcome OutcomeOf(int slot, long id, QueueLedger ledger, JobState state)
    {
        ref JobReferences references = ref _table.References(slot);
        object? result = state == JobState.None ? null : ValueCell.Detach(references.Result); // Of a removed job it may be a late run's.
        return new JobOutcome(id, ledger.Name, references.Definition.Name, state, result, _table.Details(slot).ResultBits, null)
        {
            HasStarted = _table.Record(slot).HasStarted,
        };
    }
}
