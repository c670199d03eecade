using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>What a worker loop does with one job after the other, without the loop: a scenario's thread decides what comes next.</summary>
internal sealed class Hand
{
    private readonly Stage _stage;
    private readonly Stripe? _own;
    private readonly JobRun _run;
    private readonly JobEvents _events;
    private long _number;

    /// <param name="stage">The stage.</param>
    /// <param name="sharesStripes">Works with the producers' stripes, so that the next add uses a slot that it frees.</param>
    public Hand(Stage stage, bool sharesStripes = false)
    {
        _stage = stage;
        _own = sharesStripes ? null : stage.Table.Stripes.RentLoop();
        _run = stage.Dispatcher.Runs.Get();
        _events = new JobEvents(stage.Engine.Hub);
        _run.Events = _events;
    }

    public Stage Stage => _stage;

    public JobRun Run => _run;

    public long Number => _number;

    public bool IsBusy => _number != 0;

    /// <summary>Takes the next ticket of the queue and starts its job; dead ones are skipped.</summary>
    public bool TryTake()
    {
        while (_stage.Ready.Ready.Reader.TryRead(out Dispatch.ReadyTicket item))
        {
            if (TryStart(item.Ticket))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryStart(long ticket)
    {
        Stripe stripe = Rent();
        bool started = _stage.Dispatcher.Attempts.TryStart(stripe, _run, ticket, 1, _stage.Table.Clock.UtcTicks(), out long word);
        Return(stripe);
        if (!started)
        {
            return false;
        }

        _number = _run.Run;
        _stage.Starts.Add(ticket);
        if (StateWord.Has(word, StateWord.Announcing))
        {
            _stage.Dispatcher.Attempts.AnnounceStart(_number, word, _events);
        }

        return true;
    }

    public void TakeAndComplete()
    {
        if (TryTake())
        {
            Complete();
        }
    }

    /// <summary>The handler returns the number of its run.</summary>
    public void Complete() => Complete(_number);

    /// <summary>The handler returns a value; a run that was taken meanwhile ends as its loop would end it.</summary>
    public void Complete<T>(T value)
    {
        long number = _number;
        if (!TryClaim(out bool isOverdue))
        {
            return;
        }

        if (isOverdue)
        {
            Retry();
            return;
        }

        _number = 0;
        _run.SetResult(number, value);
        Stripe stripe = Rent();
        long ready = _stage.Dispatcher.Attempts.Complete(stripe, _run, number, _stage.Table.Clock.UtcTicks(), _stage.Ready.Ledger, _events, out long word);
        Return(stripe);
        _stage.Dispatcher.Promoted(ready, word);
    }

    public void CompleteIfBusy()
    {
        if (IsBusy)
        {
            Complete();
        }
    }

    public void Fail()
    {
        long number = _number;
        if (!TryClaim(out _))
        {
            return;
        }

        _number = 0;
        Stripe stripe = Rent();
        long ready = _stage.Dispatcher.Attempts.EndBadly(stripe, _run, number, _stage.Table.Clock.UtcTicks(), _events, new InvalidOperationException("failed"), out long word);
        Return(stripe);
        _stage.Dispatcher.Promoted(ready, word);
    }

    /// <summary>Another attempt at once, or after a delay; a cancel that came first ends the job.</summary>
    public void Retry(TimeSpan delay = default)
    {
        if (!TryClaim(out _))
        {
            return;
        }

        long state = delay == default ? StateWord.Waiting : StateWord.Delayed;
        Stripe stripe = Rent();
        bool retried = _stage.Dispatcher.Attempts.TryRequeue(stripe, _run, _number, JobAttemptOutcome.Failed, new InvalidOperationException("failed"), state, _stage.Table.Clock.UtcTicks(), _events, out long ticket);
        Return(stripe);
        if (!retried)
        {
            Fail();
            return;
        }

        _number = 0;
        if (delay == default)
        {
            _stage.Dispatcher.Ready(ticket, toFront: false);
        }
        else
        {
            _stage.Dispatcher.Delays.Add(ticket, _stage.Table.Clock.DueAfter(delay));
        }
    }

    /// <summary>Somebody else finds that the run's time is over.</summary>
    public TakenFate TimeOut(long number, bool forGood = false)
    {
        Stripe stripe = _stage.Table.Stripes.Rent();
        TakenFate fate = _stage.Dispatcher.Attempts.TimeOut(stripe, _run, number, forGood, _stage.Table.Clock.UtcTicks(), out long ready, out long word);
        StripePool.Return(stripe);
        _stage.Dispatcher.Promoted(ready, word);
        return fate;
    }

    /// <summary>Somebody else has closed the worker and does not wait any longer.</summary>
    public TakenFate Stall(long number)
    {
        Stripe stripe = _stage.Table.Stripes.Rent();
        TakenFate fate = _stage.Dispatcher.Attempts.Stall(stripe, _run, number, _stage.Table.Clock.UtcTicks(), out long ready, out long word);
        StripePool.Return(stripe);
        if (fate == TakenFate.SentBack)
        {
            _stage.Dispatcher.Ready(ready, toFront: true);
        }
        else
        {
            _stage.Dispatcher.Promoted(ready, word);
        }

        return fate;
    }

    /// <summary>Files what was kept back, as a loop does before it parks.</summary>
    public void Rest()
    {
        if (_own is { } stripe)
        {
            _stage.Rest(stripe);
        }
    }

    /// <summary>Claims the end of the run in hand. False if the job was taken from it: then it is over.</summary>
    private bool TryClaim(out bool isOverdue)
    {
        isOverdue = false;
        if (_run.TryClaim(_number))
        {
            return true;
        }

        isOverdue = _run.TryTakeBack(_number, out _);
        if (!isOverdue)
        {
            Stripe stripe = Rent();
            _stage.Dispatcher.Attempts.ReturnLate(stripe, _run, _number);
            Return(stripe);
            _number = 0;
        }

        return isOverdue;
    }

    private Stripe Rent() => _own ?? _stage.Table.Stripes.Rent();

    private void Return(Stripe stripe)
    {
        if (_own is null)
        {
            StripePool.Return(stripe);
        }
    }
}
