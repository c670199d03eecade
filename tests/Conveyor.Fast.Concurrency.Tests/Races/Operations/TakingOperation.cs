using Conveyor.Fast.Execution;

namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A job is taken away from its run, whose handler has not returned; if nobody runs it yet, the same hand does.</summary>
internal abstract class TakingOperation(string name) : Operation(name)
{
    private readonly (JobRun Run, long Number)[] _running = new (JobRun, long)[RaceRun.Batch];

    public override void Prepare(Hand hand, int trial, long id)
    {
        if (!hand.Races.IsActive(id))
        {
            hand.Start(trial, id);
        }

        long number = hand.TicketOf(id);
        _running[trial] = (hand.Races.Engine.Dispatcher.Runs.Find(number)!, number);
    }

    public override Fate Do(Hand hand, int trial, long id)
    {
        (JobRun run, long number) = _running[trial];
        return TryTake(hand, run, number) ? Fate.Done : Fate.TooLate;
    }

    protected abstract bool TryTake(Hand hand, JobRun run, long number);
}
