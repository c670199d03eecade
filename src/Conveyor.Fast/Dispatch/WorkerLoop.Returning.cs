using System.Runtime.CompilerServices;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <content>A handler returns: whose the job is by then, and what becomes of it if it does not complete.</content>
internal abstract partial class WorkerLoop
{
    /// <summary>Writes down when the run's time is over. HB-16: then looks when the next look at the deadlines is.</summary>
    private void SetDeadline()
    {
        TimeSpan limit = _run!.Limit;
        if (limit != TimeSpan.Zero)
        {
            // A run's end was the start of the next one, if no subscriber can have run in between.
            long start = _stamp != 0 && !_dispatcher.Ending.Announcements.Hub.HasBeenHeard ? _stamp : _clock.Timestamp();
            long deadline = JobClock.DueAfter(start, _clock.ToTimestamps(limit));
            Atomic.Write(ref _deadline, deadline);
            _dispatcher.Deadlines.LookAt(deadline);
        }

        _stamp = 0; // A run without a limit leaves none behind, and takes its time.
    }

    /// <summary>The handler has returned without throwing. False if the loop is suspended again.</summary>
    private bool Return()
    {
        bool isOver = IsOver();
        if (!isOver && _run!.TryClaim(_number) && _run.WishOf(_number) == RunWish.None)
        {
            Complete();
            return true;
        }

        Exception? error = null;
        if (!TryClaim(isOver, ref error))
        {
            return true;
        }

        if (error is not null)
        {
            return FailClaimed(error);
        }

        if (_run!.WishOf(_number) == RunWish.None)
        {
            Complete();
        }
        else
        {
            Move();
        }

        return true;
    }

    /// <summary>The handler has thrown.</summary>
    private bool Fail(Exception thrown)
    {
        Exception? error = thrown;
        return !TryClaim(IsOver(), ref error) || FailClaimed(error!);
    }

    /// <summary>Takes the deadline back. Whether it has passed; on a thread of its own the alarm would have told.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOver()
    {
        long deadline = _deadline;
        if (deadline == 0)
        {
            return false;
        }

        Atomic.Write(ref _deadline, 0);
        if (!_worker.IsPumped)
        {
            return false;
        }

        _stamp = _clock.Timestamp(); // Nobody may have rung the alarm.
        return _stamp >= deadline;
    }

    /// <summary>Claims the run's end. False if the job was taken from it; else an error says why its attempt has failed.</summary>
    private bool TryClaim(bool isOver, ref Exception? error)
    {
        JobRun run = _run!;
        if (run.TryClaim(_number))
        {
            error = isOver ? new JobTimeoutException(run.Limit) : error;
            return true;
        }

        if (run.TryTakeBack(_number, out JobTimeoutException? timeout))
        {
            error = timeout;
            return true;
        }

        ReturnLate(error);
        return false;
    }

    private bool FailClaimed(Exception error)
    {
        _now = _clock.UtcTicks();
        FailurePlan plan = FailurePlan.For(_dispatcher.Table, _run!, _number, error);
        if (plan.Custom is { } custom)
        {
            _run!.Unclaim();
            if (TryGiveUp())
            {
                ReturnLate(error);
                return true;
            }

            ValueTask asked = AskAsync(custom, plan);
            if (!asked.IsCompleted)
            {
                Suspend(asked);
                return false;
            }

            Tick();
            CarryAnswer(TakeAnswer(asked));
            return true;
        }

        Carry(plan);
        return true;
    }

    /// <summary>A worker that has given up its runs found this one claimed, and looks no more: what would wait now is given up here.</summary>
    private bool TryGiveUp()
    {
        if (!_worker.HasStalled || ClosesOwnWorker)
        {
            return false;
        }

        _dispatcher.Reclaimer.Stall([this]); // Passes the gate, so whoever has taken the run is done with its step.
        return _run!.IsTaken(_number) && _run.IsStalled;
    }

    /// <summary>User code has taken its time since the clock was read.</summary>
    private void Tick()
    {
        _now = _clock.UtcTicks();
        _stamp = 0;
    }

    /// <summary>A custom backoff has answered. A look at the deadlines that was held up may have called the run overdue meanwhile.</summary>
    private void CarryAnswer(FailurePlan plan)
    {
        if (_run!.TryClaim(_number) || _run.TryTakeBack(_number, out _))
        {
            Carry(plan);
        }
        else
        {
            ReturnLate(plan.Error);
        }
    }

    /// <summary>Retries or ends the job, as planned. A cancel that came first ends it Canceled either way.</summary>
    private void Carry(FailurePlan plan)
    {
        JobAttemptOutcome outcome = plan.Error is JobTimeoutException ? JobAttemptOutcome.TimedOut : JobAttemptOutcome.Failed;
        if (plan.Delay is not { } delay || !TrySendBack(outcome, plan.Error, delay, toFront: false))
        {
            long ready = _attempts.EndBadly(_stripe!, _run!, _number, _now, _events, plan.Error, out long word);
            FinishEnd(ready, word);
        }
    }

    /// <summary>The handler wanted its job to wait again. A cancel that came first ends it.</summary>
    private void Move()
    {
        _now = _clock.UtcTicks();
        if (!TrySendBack(JobAttemptOutcome.Moved, null, _run!.WishedDelay, toFront: _run.WishOf(_number) == RunWish.Wait))
        {
            long ready = _attempts.Cancel(_stripe!, _run, _number, _now, _events, null, out long word);
            FinishEnd(ready, word);
        }
    }

    private bool TrySendBack(JobAttemptOutcome outcome, object? cause, TimeSpan delay, bool toFront)
    {
        bool isReady = delay <= TimeSpan.Zero;
        long state = isReady ? StateWord.Waiting : StateWord.Delayed;
        long due = isReady ? 0 : _clock.DueAfter(delay); // Before the step: whoever sees the job delayed may advance the clock.
        if (!_attempts.TryRequeue(_stripe!, _run!, _number, outcome, cause, state, _now, _events, out long ticket))
        {
            return false;
        }

        Atomic.Write(ref _inHandler, false);
        if (isReady)
        {
            _dispatcher.Ready(ticket, toFront);
        }
        else
        {
            _dispatcher.Delays.Add(ticket, due);
        }

        return true;
    }

    private void FinishEnd(long ready, long word)
    {
        Atomic.Write(ref _inHandler, false);
        if (ready != 0)
        {
            Promote(ready, word);
        }
    }

    /// <summary>The job was taken from the run: what the handler returned is dropped. What nobody else would hear of is announced.</summary>
    private void ReturnLate(Exception? error)
    {
        JobTable table = _dispatcher.Table;
        int slot = StateWord.SlotOf(_number);
        JobId id = new(table.Record(slot).Id);
        string name = table.References(slot).Definition.Name;
        bool isAnnounced = _run!.IsStalled || error is not null and not OperationCanceledException;
        _attempts.ReturnLate(_stripe!, _run, _number);
        Atomic.Write(ref _inHandler, false);
        Tick();
        if (isAnnounced)
        {
            InvalidOperationException late = new($"The handler of job '{name}' ({id}) returned after the job had been taken from it (its worker was closed, its time was over, it was failed by hand, or its queue was obliterated). What it returned is dropped.", error);
            _dispatcher.Ending.Announcements.Hub.ReportError(late, "A late handler", new JobHandle(_run.Store, id), _ledger.Name);
        }
    }
}
