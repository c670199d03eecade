using Conveyor.Fast.Admission;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// What one side of a race holds, as a worker loop does: a stripe, and a run for each trial of a batch. It takes the
/// steps of a run's owner exactly as the loop takes them, only one at a time.
/// </summary>
internal sealed class Hand : IDisposable
{
    private readonly RaceStore _races;
    private readonly Engine _engine;
    private readonly Stripe _stripe;
    private readonly JobEvents _events;
    private readonly JobRun?[] _runs = new JobRun?[RaceRun.Batch];
    private readonly long[] _numbers = new long[RaceRun.Batch];

    public Hand(RaceStore races)
    {
        _races = races;
        _engine = races.Engine;
        _stripe = _engine.Table.Stripes.RentLoop();
        _events = new JobEvents(_engine.Hub);
    }

    public RaceStore Races => _races;

    /// <summary>Starts a waiting job by the ticket of its present stay.</summary>
    public bool Start(int trial, long id) => StartBy(trial, TicketOf(id));

    public long TicketOf(long id) => Ticket(_engine.Table.Record(SlotOf(id)).Word, SlotOf(id));

    public bool StartBy(int trial, long ticket)
    {
        JobRun run = _runs[trial] ??= _engine.Dispatcher.Runs.Get();
        if (!_engine.Dispatcher.Attempts.TryStart(_stripe, run, ticket, worker: 1, _engine.Clock.UtcTicks(), out long word))
        {
            return false;
        }

        _numbers[trial] = run.Run;
        if (Has(word, Announcing))
        {
            _engine.Dispatcher.Attempts.AnnounceStart(run.Run, word, _events);
        }

        return true;
    }

    public CancellationToken Token(int trial) => _runs[trial]!.Token(_numbers[trial]);

    public void Complete(int trial)
    {
        long ready = _engine.Dispatcher.Attempts.Complete(_stripe, _runs[trial]!, Take(trial), _engine.Clock.UtcTicks(), _races.Ledger, _events, out long word);
        _engine.Dispatcher.Promoted(ready, word);
    }

    public void Fail(int trial, object cause)
    {
        long ready = _engine.Dispatcher.Attempts.EndBadly(_stripe, _runs[trial]!, Take(trial), _engine.Clock.UtcTicks(), _events, cause, out long word);
        _engine.Dispatcher.Promoted(ready, word);
    }

    /// <summary>Puts the job back for another attempt, at once or as one that is delayed; 0 if a cancel came first and has ended it.</summary>
    public long Retry(int trial, object cause, bool isDelayed)
    {
        long number = _numbers[trial];
        if (!_engine.Dispatcher.Attempts.TryRequeue(_stripe, _runs[trial]!, number, JobAttemptOutcome.Failed, cause, isDelayed ? StateWord.Delayed : StateWord.Waiting, _engine.Clock.UtcTicks(), _events, out long ticket))
        {
            Fail(trial, cause);
            return 0;
        }

        _numbers[trial] = 0;
        if (!isDelayed)
        {
            _engine.Dispatcher.Ready(ticket, toFront: false);
        }

        return ticket;
    }

    /// <summary>Removes an ended job as retention does.</summary>
    public void Evict(long ticket)
    {
        _engine.Ending.Evict(_stripe, ticket);
        Rest();
    }

    /// <summary>Ends whatever still runs in this hand.</summary>
    public void End(int trial)
    {
        if (_numbers[trial] != 0)
        {
            Complete(trial);
        }
    }

    public void Rest()
    {
        _stripe.FileEnds();
        _engine.Ending.EvictReleased(_stripe);
        _engine.Ending.Notify(_stripe);
    }

    public void Dispose()
    {
        foreach (JobRun? run in _runs)
        {
            if (run is not null)
            {
                _engine.Dispatcher.Runs.Return(run);
            }
        }

        _engine.Table.Stripes.ReturnLoop(_stripe);
    }

    private long Take(int trial)
    {
        long number = _numbers[trial];
        _numbers[trial] = 0;
        return number;
    }
}
