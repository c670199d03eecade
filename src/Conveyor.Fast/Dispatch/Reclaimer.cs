using Conveyor.Fast.Execution;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Dispatch;

/// <summary>Takes jobs away from runs whose handlers have not returned, and dispatches what follows. Tokens fire last: their callbacks are user code.</summary>
internal sealed class Reclaimer(Dispatcher dispatcher)
{
    private readonly JobTable _table = dispatcher.Table;
    private readonly Attempt _attempts = dispatcher.Attempts;

    /// <summary>A run is over its time limit, or has been for so long that its job is failed for good.</summary>
    public TakenFate TimeOut(JobRun run, long number, bool forGood)
    {
        Stripe stripe = _table.Stripes.Rent();
        TakenFate fate = _attempts.TimeOut(stripe, run, number, forGood, _table.Clock.UtcTicks(), out long ready, out long word);
        return Finish(stripe, run, number, fate, ready, word);
    }

    /// <summary>A handler has failed its own job, or somebody else has, for good.</summary>
    public bool Fail(JobRun run, long number, string reason)
    {
        Stripe stripe = _table.Stripes.Rent();
        TakenFate fate = _attempts.FailByHand(stripe, run, number, reason, _table.Clock.UtcTicks(), out long ready, out long word);
        return Finish(stripe, run, number, fate, ready, word) == TakenFate.Ended;
    }

    /// <summary>A closed worker does not wait for these any longer. Those that run again go to the front in the order in which they had started.</summary>
    public void Stall(IEnumerable<WorkerLoop> loops)
    {
        List<(JobRun Run, long Number, long Start)> runs = [];
        foreach (WorkerLoop loop in loops)
        {
            if (loop.TryGetRun(out JobRun? run, out long number))
            {
                runs.Add((run, number, loop.Start));
            }
        }

        List<long> sentBack = [];
        long now = _table.Clock.UtcTicks();
        foreach ((JobRun run, long number, _) in runs.OrderBy(run => OrderOf(run.Number, run.Start)))
        {
            Stripe stripe = _table.Stripes.Rent();
            TakenFate fate = _attempts.Stall(stripe, run, number, now, out long ready, out long word);
            if (fate == TakenFate.SentBack)
            {
                sentBack.Add(ready);
                ready = 0;
            }

            Finish(stripe, run, number, fate, ready, word);
        }

        for (int i = sentBack.Count - 1; i >= 0; i--)
        {
            dispatcher.Ready(sentBack[i], toFront: true);
        }
    }

    /// <summary>Takes a running job away for good, by its run's number. Null if the run is over.</summary>
    public RemovedJob? TryRemove(Stripe stripe, long number) => dispatcher.Runs.Find(number) is { } run ? _attempts.TryRemove(stripe, run, number) : null;

    /// <summary>Tells a handler, if it has not returned, that its job was taken away.</summary>
    public void FireToken(long number)
    {
        if (dispatcher.Runs.Find(number) is { } run)
        {
            Fire(run, number);
        }
    }

    /// <summary>By start; recorded times are coarse, so where starts are not numbered then by the order in which equal ones are likely to have been taken.</summary>
    private (long Started, long Start, int Priority, long Created) OrderOf(long number, long start)
    {
        int slot = StateWord.SlotOf(number);
        ref JobRecord record = ref _table.Record(slot);
        return (record.Started, start, record.Priority, _table.Details(slot).Created);
    }

    private TakenFate Finish(Stripe stripe, JobRun run, long number, TakenFate fate, long ready, long word)
    {
        StripePool.Return(stripe);
        dispatcher.Promoted(ready, word);
        if (fate is TakenFate.None or TakenFate.SentBack)
        {
            return fate; // What is sent back had its token fired before.
        }

        dispatcher.Idle.Check();
        Fire(run, number);
        return fate;
    }

    private void Fire(JobRun run, long number)
    {
        try
        {
            run.Fire(number);
        }
        catch (AggregateException error)
        {
            dispatcher.Ending.Announcements.Hub.ReportError(error, "A cancellation callback");
        }
    }
}
