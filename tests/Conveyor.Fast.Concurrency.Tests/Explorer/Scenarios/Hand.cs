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
    }

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

    public void Complete()
    {
        long number = _number;
        _number = 0;
        _run.SetResult(number, number);
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
        _number = 0;
        Stripe stripe = Rent();
        long ready = _stage.Dispatcher.Attempts.EndBadly(stripe, _run, number, _stage.Table.Clock.UtcTicks(), _events, new InvalidOperationException("failed"), out long word);
        Return(stripe);
        _stage.Dispatcher.Promoted(ready, word);
    }

    /// <summary>Another attempt at once, or after a delay; a cancel that came first ends the job.</summary>
    public void Retry(TimeSpan delay = default)
    {
        long due = delay == default ? 0 : _stage.Dispatcher.Delays.DueAfter(delay);
        Stripe stripe = Rent();
        bool retried = _stage.Dispatcher.Attempts.TryRetry(stripe, _run, _number, new InvalidOperationException("failed"), due, _events, out long ticket);
        Return(stripe);
        if (!retried)
        {
            Fail();
            return;
        }

        _number = 0;
        if (due == 0)
        {
            _stage.Dispatcher.Ready(ticket, toFront: false);
        }
        else
        {
            _stage.Dispatcher.Delays.Add(ticket, due);
        }
    }

    /// <summary>Files what was kept back, as a loop does before it parks.</summary>
    public void Rest()
    {
        if (_own is { } stripe)
        {
            stripe.FileEnds();
            _stage.Dispatcher.Ending.EvictReleased(stripe);
            _stage.Dispatcher.Ending.Notify(stripe);
            _stage.Table.Stripes.ReturnLoop(stripe);
        }
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
