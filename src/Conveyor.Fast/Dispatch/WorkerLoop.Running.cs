using System.Runtime.CompilerServices;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <content>One job: taken, run, and completed, retried or failed.</content>
internal abstract partial class WorkerLoop
{
    /// <summary>Takes and starts a job. HB-7: the flag around it is raised before the switch is read, and is what a pause waits for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake()
    {
        Atomic.Write(ref _taking, true);
        bool started = false;
        long word = 0;
        while (_worker.MayTake && HasPlace)
        {
            long ticket = _next;
            if (ticket != 0)
            {
                _next = 0;
            }
            else if (_reader.TryRead(out ReadyTicket item))
            {
                ticket = item.Ticket;
            }
            else
            {
                break;
            }

            if (_channel.NextRare is not 0 and var next)
            {
                _dispatcher.Table.PrefetchAll(StateWord.SlotOf(next)); // On its way while this one runs.
            }

            if (_attempts.TryStart(_stripe!, _run!, ticket, _worker.Number, _now, out word))
            {
                Atomic.Write(ref _number, _run!.Run);
                Atomic.Write(ref _inHandler, true); // Before the take is over: who changes the limit counts what runs after it.
                started = true;
                break;
            }
        }

        Atomic.Write(ref _taking, false);
        if (StateWord.Has(word, StateWord.Announcing) && started)
        {
            _attempts.AnnounceStart(_number, word, _events);
        }

        return started;
    }

    /// <summary>Runs the job in hand. False if its handler is under way elsewhere: nothing of the loop may be touched then.</summary>
    private bool RunJob()
    {
        try
        {
            SetDeadline();
            ValueTask task = _handler.Invoke(_run!, _number);
            if (!task.IsCompleted)
            {
                Suspend(task);
                return false;
            }

            task.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            return Fail(error);
        }

        return Return();
    }

    private void Complete()
    {
        _now = _clock.UtcTicks();
        long ready = _attempts.Complete(_stripe!, _run!, _number, _now, _ledger, _events, out long word);
        FinishEnd(ready, word);
    }

    /// <summary>Keeps a promoted parent to run next if this loop serves its queue and nothing more urgent waits there; else to the front.</summary>
    private void Promote(long ticket, long word)
    {
        if (StateWord.State(word) == StateWord.Delayed)
        {
            _dispatcher.Promoted(ticket, word);
            return;
        }

        ref JobRecord record = ref _dispatcher.Table.Record(StateWord.SlotOf(ticket));
        if (record.Queue == _ledger.Number && _worker.MayTake && HasPlace && !_channel.HasBetterThan(record.Priority))
        {
            _next = ticket;
        }
        else
        {
            _dispatcher.Ready(ticket, toFront: true);
        }
    }

    private void Suspend(ValueTask task)
    {
        _pending = task;
        Atomic.Write(ref _suspended, true);
        try
        {
            task.GetAwaiter().UnsafeOnCompleted(_continuation); // Last touch: the continuation may run at once, elsewhere.
        }
        catch
        {
            // A source of the user's own has refused: it will call nobody, and the run has failed.
            Atomic.Write(ref _suspended, false);
            _pending = default;
            throw;
        }
    }

    private void Continue() => Resumed();

    /// <summary>The awaited handler has completed, on whatever thread that was.</summary>
    protected virtual void Resumed() => Schedule();

    private bool FinishPending()
    {
        ValueTask task = _pending;
        _pending = default;
        if (_asked is not null)
        {
            CarryAnswer(TakeAnswer(task));
            return true;
        }

        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            return Fail(error);
        }

        return Return();
    }

    /// <summary>Asks a custom backoff; whatever it throws ends the job with both errors.</summary>
    private async ValueTask AskAsync(Func<RetryContext, ValueTask<TimeSpan?>> custom, FailurePlan plan)
    {
        try
        {
            plan.Answer(await custom(plan.Context).AsTask().ConfigureAwait(true)); // Comes back to the host, as a handler does; a source that refuses throws here.
        }
        catch (Exception error)
        {
            plan.Refuse(error);
        }

        _asked = plan;
    }

    private FailurePlan TakeAnswer(ValueTask asked)
    {
        asked.GetAwaiter().GetResult();
        FailurePlan plan = _asked!.Value;
        _asked = null;
        return plan;
    }
}
