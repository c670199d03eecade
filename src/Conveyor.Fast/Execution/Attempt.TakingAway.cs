using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Execution;

/// <content>
/// Taking a job away from a run whose handler has not returned. The step is taken under the run's gate, so the handler's
/// return comes after it; what follows from the step is done outside, as after any other.
/// </content>
internal sealed partial class Attempt
{
    /// <summary>
    /// The run's time is over. Without an attempt left, or <paramref name="forGood"/>, the job ends here and now; else the
    /// attempt has failed and the job stays with the run until its handler has returned.
    /// </summary>
    public TakenFate TimeOut(Stripe stripe, JobRun run, long number, bool forGood, long now, out long ready, out long readyWord)
    {
        ready = readyWord = 0;
        JobEvents? events = run.Events; // Of the run itself if it can still be taken: it was rented before it started.
        JobEnd end;
        lock (run.Gate)
        {
            if (!(forGood ? run.TryTakeOverdueLocked(number) : run.TryTakeLocked(number)))
            {
                return TakenFate.None;
            }

            int slot = SlotOf(number);
            JobTimeoutException timeout = new(table.References(slot).Definition.Settings.Timeout);
            if (!forGood && FailurePlan.HasAttemptLeft(table, slot))
            {
                run.LeaveOverdueLocked(timeout);
                return TakenFate.Overdue;
            }

            end = EndTakenLocked(run, number, timeout, now);
        }

        ready = Follow(stripe, end, events, out readyWord);
        return TakenFate.Ended;
    }

    /// <summary>Fails the job of a run by hand, for good, whatever attempts it has left.</summary>
    public TakenFate FailByHand(Stripe stripe, JobRun run, long number, object cause, long now, out long ready, out long readyWord)
    {
        ready = readyWord = 0;
        JobEvents? events = run.Events; // Of the run itself if it can still be taken: it was rented before it started.
        JobEnd end;
        lock (run.Gate)
        {
            if (!run.TryTakeLocked(number) && !run.TryTakeOverdueLocked(number))
            {
                return TakenFate.None;
            }

            end = EndTakenLocked(run, number, cause, now);
        }

        ready = Follow(stripe, end, events, out readyWord);
        return TakenFate.Ended;
    }

    /// <summary>
    /// The run's worker does not wait any longer. Within its budget the job goes back to wait, and its own ticket comes out
    /// as ready; else it fails. A cancel that was accepted ends it Canceled either way.
    /// </summary>
    public TakenFate Stall(Stripe stripe, JobRun run, long number, long now, out long ready, out long readyWord)
    {
        ready = readyWord = 0;
        JobEvents? events = run.Events; // Of the run itself if it can still be taken: it was rented before it started.
        JobEnd end = default;
        bool isSentBack = false;
        JobReturn back = default;
        lock (run.Gate)
        {
            if (!run.TryTakeLocked(number) && !run.TryTakeOverdueLocked(number))
            {
                return TakenFate.None;
            }

            run.MarkStalledLocked();
            int slot = SlotOf(number);
            ref JobReferences references = ref table.References(slot);
            int stalls = references.History?.Stalls ?? 0;
            int allowed = references.Definition.Settings.MaxStalls;
            JobStalledException reason = new(stalls + 1, allowed);
            if (stalls < allowed)
            {
                table.Strays.Add(slot);
                isSentBack = TryStepBack(number, JobAttemptOutcome.Stalled, reason, Waiting, now, HasStrayRun, out back);
                if (!isSentBack)
                {
                    table.Strays.Return(slot, ref table.Record(slot));
                }
            }

            if (!isSentBack)
            {
                end = EndTakenLocked(run, number, reason, now);
            }
        }

        if (!isSentBack)
        {
            ready = Follow(stripe, end, events, out readyWord);
            return TakenFate.Ended;
        }

        FollowBack(stripe, back, JobAttemptOutcome.Stalled, events);
        ready = Ticket(back.Word, back.Slot);
        return TakenFate.SentBack;
    }

    /// <summary>
    /// Removes the job of a run, also one whose owner has claimed the end: nothing of an outcome is written, so the step
    /// alone decides. What follows is the caller's. Null if the run is over.
    /// </summary>
    public RemovedJob? TryRemove(Stripe stripe, JobRun run, long number)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        lock (run.Gate)
        {
            if (run.Run != number)
            {
                return null;
            }

            long id = record.Id; // Before the step; without it this is no run of that job.
            table.Strays.Add(slot);
            if (JobMoves.TryRemoveRunning(ref record, number, ending.Mark, out long old, out long word))
            {
                run.NoteGoneLocked(number);
                return new RemovedJob(id, old, word);
            }

            table.Strays.Return(slot, ref record);
            ending.FreeIfDone(stripe, slot, Atomic.Read(ref record.Id)); // Whose slot it is by now: a handler that has returned meanwhile was not the last one counted.
            return null;
        }
    }

    /// <summary>The handler of a run that was taken has returned: the record is not pinned by it any longer.</summary>
    public void ReturnLate(Stripe stripe, JobRun run, long number)
    {
        int slot = SlotOf(number);
        ref JobRecord record = ref table.Record(slot);
        long id = record.Id;
        run.Finish(cancelSeen: true);
        table.Strays.Return(slot, ref record);
        ending.FreeIfDone(stripe, slot, id);
    }

    private JobEnd EndTakenLocked(JobRun run, long number, object cause, long now)
    {
        bool isAttempt = !run.IsStalled;
        table.Strays.Add(SlotOf(number));
        JobEnd end = StepToEnd(number, Failed, cause, isAttempt, now, HasStrayRun);
        return end.Fate == EndFate.CancelWins
            ? StepToEnd(number, Canceled, run.ReasonOf(number) ?? CancelReason.None, isAttempt, now, HasStrayRun)
            : end;
    }
}
