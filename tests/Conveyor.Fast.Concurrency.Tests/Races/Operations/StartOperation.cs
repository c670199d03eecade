namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A loop starts a job by the ticket it has taken.</summary>
internal sealed class StartOperation() : Operation("start")
{
    // A new job's ticket is its id.
    public override Fate Do(Hand hand, int trial, long id) => hand.StartBy(trial, id) ? Fate.Done : Fate.TooLate;
}
