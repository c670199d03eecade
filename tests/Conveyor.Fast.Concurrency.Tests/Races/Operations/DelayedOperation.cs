namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>An operation by hand on a job that lies under the clock: it was put back with a backoff.</summary>
internal abstract class DelayedOperation(string name) : Operation(name)
{
    private static readonly Exception s_cause = new InvalidOperationException("failed, but not for good");
    private static readonly TimeSpan s_delay = TimeSpan.FromDays(1);

    public override void Prepare(Hand hand, int trial, long id)
    {
        if (!hand.Races.IsDelayed(id))
        {
            hand.Start(trial, id);
            hand.Races.Engine.Dispatcher.Delays.Add(hand.Retry(trial, s_cause, isDelayed: true), hand.Races.Engine.Clock.DueAfter(s_delay));
        }
    }

    public override Fate Do(Hand hand, int trial, long id)
    {
        try
        {
            Do(hand.Races.Handle(id));
            return Fate.Done;
        }
        catch (ConveyorException)
        {
            // Where nothing is kept, a job that ended a moment ago may be gone already.
            return Fate.Refused;
        }
    }

    protected abstract void Do(JobHandle job);
}
