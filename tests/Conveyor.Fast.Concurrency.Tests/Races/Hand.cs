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

    private Attempt Attempts => _engine.Dispatcher.Attempts;

    private long Now => _engine.Clock.UtcTicks();

    /// <summary>Starts a waiting job by the ticket of its present stay.</summary>
    public bool Start(int trial, long id) => StartBy(trial, TicketOf(id));

    public long TicketOf(long id) => Ticket(_engine.Table.Record(SlotOf(id)).Word, SlotOf(id));

    public bool StartBy(int trial, long ticket)
    {
        JobRun run = _runs[trial] ??= _engine.Dispatcher.Runs.Get();
        run.Events = _events;
        if (!Attempts.TryStart(_stripe, run, ticket, worker: 1, Now, out long word))
        {
            return false;
        }

        _numbers[trial] = run.Run;
        if (Has(word, Announcing))
        {
            Attempts.AnnounceStart(run.Run, word, _events);
        }

        return true;
    }

    public CancellationToken Token(int trial) => _runs[trial]!.Token(_numbers[trial]);

    /// <summary>The handler returns. False if the job was taken from it.</summary>
    public bool TryComplete(int trial)
    {
        if (!TryClaim(trial))
        {
            return false;
        }

        long ready = Attempts.Complete(_stripe, _runs[trial]!, Take(trial), Now, _races.Ledger, _events, out long word);
        _engine.Dispatcher.Promoted(ready, word);
        return true;
    }

    /// <summary>The handler throws, and no attempt is left. False if the job was taken from it.</summary>
    public bool TryFail(int trial, object cause)
    {
        if (!TryClaim(trial))
        {
            return false;
        }

        long ready = Attempts.EndBadly(_stripe, _runs[trial]!, Take(trial), Now, _events, cause, out long word);
        _engine.Dispatcher.Promoted(ready, word);
        return true;
    }

    /// <summary>
    /// Puts the job back for another attempt, at once or as one that is delayed; 0 if a cancel came first and has ended it,
    /// or the job was taken.
    /// </summary>
    public long Retry(int trial, object cause, bool isDelayed)
    {
        if (!TryClaim(trial))
        {
            return 0;
        }

        if (!Attempts.TryRequeue(_stripe, _runs[trial]!, _numbers[trial], JobAttemptOutcome.Failed, cause, isDelayed ? StateWord.Delayed : StateWord.Waiting, Now, _events, out long ticket))
        {
            TryFail(trial, cause);
            return 0;
        }

        _numbers[trial] = 0;
        if (!isDelayed)
        {
            _engine.Dispatcher.Ready(ticket, toFront: false);
        }

        return ticket;
    }

    /// <summary>Somebody else finds that the run's time is over; no attempt is left.</summary>
    public bool TryTimeOut(JobRun run, long number)
    {
        TakenFate fate = Attempts.TimeOut(_stripe, run, number, forGood: false, Now, out long ready, out long word);
        _engine.Dispatcher.Promoted(ready, word);
        return fate == TakenFate.Ended;
    }

    /// <summary>Somebody else has closed the run's worker and does not wait any longer.</summary>
    public bool TryStall(JobRun run, long number)
    {
        TakenFate fate = Attempts.Stall(_stripe, run, number, Now, out long ready, out long word);
        if (fate == TakenFate.SentBack)
        {
            _engine.Dispatcher.Ready(ready, toFront: true);
        }
        else
        {
            _engine.Dispatcher.Promoted(ready, word);
        }

        return fate != TakenFate.None;
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
            TryComplete(trial);
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

    /// <summary>Claims the end of the run. False if the job was taken from it: then it is over.</summary>
    private bool TryClaim(int trial)
    {
        if (_runs[trial]!.TryClaim(_numbers[trial]))
        {
            return true;
        }

        Attempts.ReturnLate(_stripe, _runs[trial]!, Take(trial));
        return false;
    }

    private long Take(int trial)
    {
        long number = _numbers[trial];
        _numbers[trial] = 0;
        return number;
    }
}
