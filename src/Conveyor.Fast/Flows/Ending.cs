using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// What follows from a terminal step once all edges are counted: the outcome is recorded, subscribers and waiters hear of
/// it, children are let go, and the job is kept for inspection or its slot given back.
/// </summary>
internal sealed class Ending
{
    private readonly JobTable _table;
    private readonly EventHub _hub;

    public Ending(JobTable table, EventHub hub)
    {
        _table = table;
        _hub = hub;
        Announcements = new JobAnnouncements(table, hub, FreeIfDone);
    }

    public JobAnnouncements Announcements { get; }

    /// <summary>Set once, when the stages are wired.</summary>
    public FurtherParents Further { get; set; } = null!;

    /// <summary>Announces and sends out a parent that became ready, by ticket and word. Set once, when the stages are wired.</summary>
    public Action<long, long> Promoted { get; set; } = static (_, _) => { };

    /// <summary>Makes the alarm ring at a timestamp. Set once, when the stages are wired.</summary>
    public Action<long> ArmFor { get; set; } = static _ => { };

    /// <summary>What a step puts into the word: the announcement mark while somebody listens.</summary>
    public long Mark => _hub.IsListening ? Announcing : 0;

    /// <summary>
    /// Concludes an end by the run's owner or by a cancel; <see cref="Notify"/> follows when all ends of the operation are
    /// concluded. Everything about the job was read before its step.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Conclude(Stripe stripe, int slot, QueueLedger ledger, JobSettings settings, long previous, long word, JobEvents? worker)
    {
        if (Has(word, Recorded))
        {
            Keep(stripe, slot, ledger, settings, word, (word & (HasParent | ParentDone)) == HasParent);
        }
        else
        {
            RecordAndKeep(stripe, slot, ledger, settings, previous, word, worker);
        }

        if (stripe.Released.Count > 0)
        {
            EvictReleased(stripe);
        }
    }

    /// <summary>Concludes the parents that a settlement ended, and what a cancel has, children's ends before what followed from them.</summary>
    public void ConcludeAll(Stripe stripe, EndedList ended)
    {
        for (int slot = ended.First; slot != 0;)
        {
            ref JobRecord record = ref _table.Record(slot);
            int next = record.Link;
            long word = Atomic.Read(ref record.Word);
            if (State(word) == Gone)
            {
                ConcludeRemoval(stripe, slot, WaitingChildren, word);
            }
            else
            {
                QueueLedger ledger = _table.Ledger(record.Queue);
                JobSettings settings = _table.References(slot).Definition.Settings;
                bool isCanceled = State(word) == Canceled;
                long previous = isCanceled ? _table.Details(slot).ResultBits : WaitingChildren;
                Conclude(stripe, slot, ledger, settings, previous, word, null);
                if (isCanceled)
                {
                    stripe.Count(ledger.Number, previous, Canceled); // HB-11: after the parents that follow from it, also those that attached.
                }
            }

            slot = next;
        }

        EvictReleased(stripe);
    }

    /// <summary>Records and lets go after a job was removed. The caller's step took it from a previous state.</summary>
    public void ConcludeRemoval(Stripe stripe, int slot, long previous, long word)
    {
        ref JobRecord record = ref _table.Record(slot);
        ref JobReferences references = ref _table.References(slot);
        QueueLedger ledger = _table.Ledger(record.Queue);
        long id = record.Id;
        bool isUnfinished = State(word) == Gone;
        FurtherEnds further = Has(word, HasKey) ? Further.Settle(stripe, slot, word) : default;
        if (references.CustomId is { } customId)
        {
            ledger.FreeCustomId(customId, id);
        }

        bool isAwaited = isUnfinished && Has(word, HasWaiter);
        if (isAwaited || Has(word, Announcing))
        {
            stripe.Notices.Add(new Notice
            {
                Id = id,
                Queue = ledger.Number,
                Word = word,
                Events = Has(word, Announcing) ? [Announcements.Capture(slot, JobEventType.Removed, Free, previous)] : [],
                Outcome = isAwaited ? OutcomeOf(slot, id, ledger, JobState.None) : null,
            });
        }

        ReleaseChildren(stripe, slot);
        Atomic.Or(ref record.Word, Recorded);
        if (isUnfinished)
        {
            GiveRoom(word, ledger);
        }

        if (Has(word, HasKey))
        {
            Further.Follow(stripe, further);
        }

        FreeIfDone(stripe, slot, id);
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
        foreach (ref readonly Notice notice in CollectionsMarshal.AsSpan(notices))
        {
            if (notice.ReadyTicket != 0)
            {
                Promoted(notice.ReadyTicket, notice.Word);
            }

            if (notice.Events.Length != 0)
            {
                Announcements.Announce(notice.Id, notice.Queue, notice.Word, notice.Worker, notice.Events);
            }

            if (notice.Outcome is { } outcome)
            {
                _table.Waiters.Complete(outcome with { Reason = Failure.Describe(_table, notice.Word, outcome.Cell, outcome.Bits) }, notice.Word);
            }
        }

        stripe.ReturnNotices(notices);
    }

    /// <summary>Removes an ended job by the ticket it was filed under, if it still stands there.</summary>
    public void Evict(Stripe stripe, long ticket)
    {
        int slot = SlotOf(ticket);
        Segment segment = _table.SegmentOf(slot);
        ref JobRecord record = ref segment.Record(slot);
        while (true)
        {
            long seen = Atomic.Read(ref record.Word);
            if ((seen & StepMask) != (ticket & StepMask) || !IsEnded(seen) || Has(seen, Hidden))
            {
                return;
            }

            if (Has(seen, Held))
            {
                if (JobMoves.TryMissHeld(ref record, ref seen))
                {
                    return;
                }

                continue;
            }

            long mark = Mark;
            if ((seen & (Recorded | Announcing | HasCustomId | HasKey | HasStrayRun)) == Recorded && mark == 0 && !IsPinned(ref record, seen))
            {
                if (JobMoves.TryFree(ref record, seen))
                {
                    stripe.Count(record.Queue, State(seen), Free);
                    GiveBack(stripe, segment, slot, ref record, seen);
                    return;
                }
            }
            else if (Has(seen, Recorded))
            {
                if (JobMoves.TryRemove(ref record, seen, mark, out long word))
                {
                    stripe.Count(record.Queue, State(seen), Free);
                    ConcludeRemoval(stripe, slot, State(seen), word);
                    return;
                }
            }
            else
            {
                Thread.SpinWait(1); // The winner of the step only stores before it records.
            }
        }
    }

    /// <summary>Those that ended first go first, and so do the children they let go, which count from then; they may add to the list.</summary>
    public void EvictReleased(Stripe stripe)
    {
        List<long> released = stripe.Released;
        foreach (long ticket in CollectionsMarshal.AsSpan(released))
        {
            _table.PrefetchToFree(SlotOf(ticket));
        }

        for (int i = 0; i < released.Count; i++)
        {
            Evict(stripe, released[i]);
        }

        released.Clear();
    }

    /// <summary>Gives a removed job's slot back if nothing pins it any more. Called by whoever takes away a pin.</summary>
    public void FreeIfDone(Stripe stripe, int slot, long id)
    {
        ref JobRecord record = ref _table.Record(slot);
        while (true)
        {
            long seen = Atomic.Read(ref record.Word);
            if (Atomic.Read(ref record.Id) != id || State(seen) == Free || Visible(seen) != JobState.None
                || (seen & (Recorded | Announcing | Held | HasFurtherParents | HasStrayRun)) != Recorded
                || (seen & (HasParent | ParentDone)) == HasParent
                || (Has(seen, HasChildren) && Atomic.Read(ref record.Pending) != 0))
            {
                return;
            }

            if (JobMoves.TryFree(ref record, seen))
            {
                if (Has(seen, HasKey))
                {
                    _table.Keyed.Forget(id);
                }

                GiveBack(stripe, _table.SegmentOf(slot), slot, ref record, seen);
                return;
            }
        }
    }

    /// <summary>
    /// Tells a parent's children, once, that it does not read them any more. Of the parent that says so and the child
    /// that records its end, the later one files the child for retention.
    /// </summary>
    public void ReleaseChildren(Stripe stripe, int slot)
    {
        ref JobRecord parent = ref _table.Record(slot);
        ref JobDetails details = ref _table.Details(slot);
        if (details.ChildCount == 0 || _table.Flows.Find(details.Block) is not { } block
            || Has(Atomic.Or(ref parent.Word, ChildrenReleased), ChildrenReleased))
        {
            return;
        }

        bool isMixed = block.Origins is not null;
        int first = details.FirstChild;
        ReadOnlySpan<long> children = block.Ids.AsSpan(first, details.ChildCount);
        foreach (long childId in children)
        {
            _table.Prefetch(SlotOf(childId)); // Half of them were run by other loops: their lines come all at once.
        }

        for (int i = 0; i < children.Length; i++)
        {
            long childId = children[i];
            int childSlot = SlotOf(childId);
            Segment segment = _table.SegmentOf(childSlot);
            ref JobRecord child = ref segment.Record(childSlot);
            QueueLedger ledger = _table.Ledger(child.Queue);
            JobSettings settings = segment.References(childSlot).Definition.Settings;
            long word = isMixed && block.OriginOf(first + i) != ChildOrigin.Own
                ? Further.Release(ref parent, childId, first + i)
                : Atomic.Or(ref child.Word, ParentDone); // Last touch, unless the child has ended: then it is ours.
            if ((word & (Recorded | HasFurtherParents)) != Recorded)
            {
                continue; // Not ended, or another parent still reads it.
            }

            if (Visible(word) == JobState.None)
            {
                FreeIfDone(stripe, childSlot, childId);
            }
            else if (!IsRemovedAtOnce(settings, ledger.TrackOf(State(word)), State(word)))
            {
                Keep(stripe, childSlot, ledger, settings, word, kept: false); // With a bound of zero its own end does that in any case.
            }
        }
    }

    public ReadOnlySpan<long> Children(int slot)
    {
        ref JobDetails parent = ref _table.Details(slot);
        return parent.ChildCount == 0 || _table.Flows.Find(parent.Block) is not { } block
            ? []
            : block.Ids.AsSpan(parent.FirstChild, parent.ChildCount);
    }

    public void GiveRoom(long word, QueueLedger ledger)
    {
        if (Has(word, TakesRoom) && ledger.Room is { } room)
        {
            _table.Rooms.Give(room);
        }
    }

    /// <summary>A parent's own retried children may still have to count it down when it has let them go before.</summary>
    private static bool IsPinned(ref JobRecord record, long word) =>
        (word & (HasParent | ParentDone)) == HasParent
        || (Has(word, HasChildren) && (!Has(word, ChildrenReleased) || Atomic.Read(ref record.Pending) != 0));

    private void FreeIfDone(long id)
    {
        Stripe stripe = _table.Stripes.Rent();
        FreeIfDone(stripe, SlotOf(id), id);
        StripePool.Return(stripe);
    }

    /// <summary>The outcome is captured and the children let go before the record, since afterwards anybody may remove the job.</summary>
    private void RecordAndKeep(Stripe stripe, int slot, QueueLedger ledger, JobSettings settings, long previous, long word, JobEvents? worker)
    {
        ref JobRecord record = ref _table.Record(slot);
        long id = record.Id;
        FurtherEnds further = Has(word, HasKey) ? Further.Settle(stripe, slot, word) : default;
        // HB-10: the step came before this look for the flag.
        if ((word & (Announcing | HasWaiter)) != 0)
        {
            stripe.Notices.Add(new Notice
            {
                Id = id,
                Queue = ledger.Number,
                Word = word,
                Worker = worker,
                Events = Has(word, Announcing) ? CaptureEnd(slot, word, previous) : [],
                Outcome = Has(word, HasWaiter) ? OutcomeOf(slot, id, ledger, (JobState)State(word)) : null,
            });
        }

        if (State(word) == Completed)
        {
            ReleaseChildren(stripe, slot);
        }

        bool kept = IsRead(Atomic.Or(ref record.Word, Recorded));
        GiveRoom(word, ledger);
        Keep(stripe, slot, ledger, settings, word, kept);
        if (Has(word, HasKey))
        {
            Further.Follow(stripe, further); // Last: what ended by this end ended after it, and is kept longer.
        }
    }

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

    private static Retention? BoundOf(JobSettings settings, long state) => state == Completed ? settings.OnComplete : settings.OnFail;

    private static bool IsRemovedAtOnce(JobSettings settings, RetentionTrack track, long state) =>
        (settings.HasOwnBounds || track.RemovesAtOnce) && (BoundOf(settings, state) ?? track.Standard).Count == 0;

    /// <summary>Files an ended job for retention, or removes it where its bound is zero. A parent that still reads it keeps it beside the bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(Stripe stripe, int slot, QueueLedger ledger, JobSettings settings, long word, bool kept)
    {
        RetentionTrack track = ledger.TrackOf(State(word));
        if (settings.HasOwnBounds || !track.IsCountedOnly)
        {
            KeepByBound(stripe, track, settings, Ticket(word, slot), State(word), kept);
        }
        else if (!kept)
        {
            stripe.FileEnd(track, Ticket(word, slot));
        }
    }

    private void KeepByBound(Stripe stripe, RetentionTrack track, JobSettings settings, long ticket, long state, bool kept)
    {
        Retention? own = BoundOf(settings, state);
        if (IsRemovedAtOnce(settings, track, state))
        {
            track.File(0, null, stripe.Released);
            stripe.Released.Add(ticket);
        }
        else if (!kept)
        {
            if (own is null)
            {
                stripe.FileEnd(track, ticket);
            }
            else
            {
                track.File(ticket, own, stripe.Released);
            }

            if ((own ?? track.Standard).Age is { } age)
            {
                KeepFor(stripe, ticket, age);
            }
        }
    }

    /// <summary>The age counts from the end, though a parent may have read the job long after it.</summary>
    private void KeepFor(Stripe stripe, long ticket, TimeSpan age)
    {
        TimeSpan past = new(_table.Clock.UtcTicks() - Atomic.Read(ref _table.Record(SlotOf(ticket)).Ended));
        Atomic.ReadBarrier(); // While the ticket is good, the end that was read is this one's.
        if (past >= age)
        {
            stripe.Released.Add(ticket);
            return;
        }

        long due = _table.Clock.CoarseDueAfter(past <= TimeSpan.Zero ? age : age - past);
        _table.Expiries.Insert(ticket, due);
        stripe.FirstExpiry = Math.Min(stripe.FirstExpiry, due);
    }

    private void GiveBack(Stripe stripe, Segment segment, int slot, ref JobRecord record, long word)
    {
        segment.References(slot).Clear();
        if (Has(word, HasChildren) && _table.Flows.Find(segment.Details(slot).Block) is { } block && block.Leave())
        {
            _table.Flows.Return(block);
        }

        if ((word & StepMask) < RetireAt)
        {
            stripe.GiveSlot(slot, ref record);
        }
    }
}
