using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Execution;

/// <content>
/// Who ends the run: its owner, once the handler has returned, or somebody who takes the job away from it (a time limit, a
/// worker that closes, a failure by hand). HB-15: the owner claims the end by a plain store, then looks whether the run was
/// taken; who takes it says so, fences the process, then looks for the claim. A claim that was seen wins.
/// </content>
internal sealed partial class JobRun
{
    private long _claimed; // The run whose owner ends it.
    private long _taken; // The run that was taken from its owner; written under the gate.
    private bool _isOverdue; // Of the taken run, under the gate: its attempt has failed, but the job is still the owner's to retry.
    private JobTimeoutException? _timeout;
    private bool _mayBeFired; // Of the run in hand, under the gate until the owner has looked: the token source is thrown away.
    private bool _isStalled; // Of the taken run, under the gate until the owner has met it.
    private long _wishedBy; // The run that has a wish.
    private RunWish _wish;
    private TimeSpan _wishedDelay;

    /// <summary>Serializes those who take the run, and the owner when it has met one of them. No user code runs under it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What the handler wants to become of its job once it has returned; a thread that it left behind wants nothing of a later run's.</summary>
    public RunWish WishOf(long run) => _wishedBy == run ? _wish : RunWish.None;

    public TimeSpan WishedDelay => _wishedDelay;

    /// <summary>How long the run in hand may take; zero for any time. For the run's owner.</summary>
    public TimeSpan Limit => table.References(Slot).Definition.Settings.Timeout;

    /// <summary>Whether the job was taken since its worker did not wait. For the owner of a run that was taken, and under the gate.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>Whether the slot is that run's job's for certain: its owner has not claimed the end, after which comes the step, and then who knows.</summary>
    public bool IsInHand(long run)
    {
        bool isClaimed = Atomic.Read(ref _claimed) == run; // Read in this order: a claim gives way to another run's only after its own is over.
        return Run == run && !isClaimed;
    }

    /// <summary>Whether the job was taken from that run.</summary>
    public bool IsTaken(long run) => Atomic.Read(ref _taken) == run;

    /// <summary>
    /// The owner's claim, before it writes anything of the outcome; repeated, it answers the same. False if the run was
    /// taken, and then whoever took it is done with its step.
    /// </summary>
    public bool TryClaim(long run)
    {
        Atomic.Write(ref _claimed, run); // HB-15
        return Atomic.Read(ref _taken) != run || TryClaimBehindGate(run);
    }

    /// <summary>The owner lets others take the run again, while it asks user code what is to become of it.</summary>
    public void Unclaim() => Atomic.Write(ref _claimed, 0);

    /// <summary>Takes the run from its owner, under the gate. False if it has been claimed, is over, or was taken.</summary>
    public bool TryTakeLocked(long run)
    {
        if (Run != run || IsTaken(run))
        {
            return false;
        }

        Atomic.Write(ref _taken, run);
        Atomic.ProcessWideBarrier(); // HB-15
        if (Atomic.Read(ref _claimed) != run && Run == run) // Read in this order: a claim gives way to another run's only after its own is over.
        {
            _mayBeFired = true;
            return true;
        }

        Atomic.Write(ref _taken, 0);
        return false;
    }

    /// <summary>Takes for good, under the gate, a run that was left to its owner as overdue. False if it is not, or its owner has it back.</summary>
    public bool TryTakeOverdueLocked(long run)
    {
        bool isOverdue = Run == run && IsTaken(run) && _isOverdue;
        _isOverdue &= !isOverdue;
        return isOverdue;
    }

    /// <summary>Under the gate: leaves a taken run to its owner, who will find that its attempt has failed.</summary>
    public void LeaveOverdueLocked(JobTimeoutException timeout)
    {
        _isOverdue = true;
        _timeout = timeout;
    }

    /// <summary>Under the gate: the job is gone by a step of its own. An owner that has claimed the end finds that step.</summary>
    public void NoteGoneLocked(long run)
    {
        Atomic.Write(ref _taken, run);
        _isOverdue = false;
    }

    /// <summary>Under the gate: its worker did not wait.</summary>
    public void MarkStalledLocked() => _isStalled = true;

    /// <summary>
    /// The owner of a run that was taken: gets it back if it is only overdue, with the claim. False if the job is not its
    /// any more.
    /// </summary>
    public bool TryTakeBack(long run, out JobTimeoutException? timeout)
    {
        lock (Gate)
        {
            timeout = _timeout;
            if (Atomic.Read(ref _taken) == run && !_isOverdue)
            {
                return false;
            }

            _isOverdue = false;
            Atomic.Write(ref _taken, 0);
            Atomic.Write(ref _claimed, run);
            return true;
        }
    }

    /// <summary>Notes what is to become of the job. False if the run is over, or its job was taken from it.</summary>
    public bool TryWish(long run, RunWish wish, TimeSpan delay)
    {
        lock (Gate)
        {
            if (Run != run || IsTaken(run))
            {
                return false;
            }

            _wishedBy = run;
            _wish = wish;
            _wishedDelay = delay;
            return true;
        }
    }

    /// <summary>
    /// The job's history, made if need be; null if the run is over, or the job was taken from it. It is made while the run is
    /// taken for a moment, so a thread that the handler left behind never writes into a slot that is another job's.
    /// </summary>
    public JobHistory? HistoryOf(long run)
    {
        lock (Gate)
        {
            bool isOverdue = IsTaken(run) && _isOverdue;
            if (Run != run || (IsTaken(run) && !isOverdue))
            {
                return null;
            }

            int slot = StateWord.SlotOf(run);
            ref JobReferences references = ref table.References(slot);
            if (references.History is { } history)
            {
                return IsInHand(run) ? history : null; // Read in this order: the slot is the job's while its run is in hand.
            }

            bool mayBeFired = _mayBeFired;
            if (!isOverdue && !TryTakeLocked(run))
            {
                return null;
            }

            _mayBeFired = mayBeFired; // By this nobody fires.
            history = JobHistory.Of(ref references, table.Record(slot).AttemptsMade);
            if (!isOverdue)
            {
                Atomic.Write(ref _taken, 0);
            }

            return history;
        }
    }

    private bool TryClaimBehindGate(long run)
    {
        lock (Gate)
        {
            return Atomic.Read(ref _taken) != run;
        }
    }

    private void ForgetEnding()
    {
        _timeout = null;
        _mayBeFired = false;
        _isStalled = false;
    }
}
