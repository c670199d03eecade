namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A delay is over: the job was put back with a backoff, and its time has come.</summary>
internal sealed class FallDueOperation() : Operation("fall due")
{
    private static readonly Exception s_cause = new InvalidOperationException("failed, but not for good");
    private readonly long[] _tickets = new long[RaceRun.Batch];

    public override void Prepare(Hand hand, int trial, long id)
    {
        hand.Start(trial, id);
        _tickets[trial] = hand.Retry(trial, s_cause, isDelayed: true);
    }

    public override Fate Do(Hand hand, int trial, long id) =>
        hand.Races.Engine.Dispatcher.Delays.TryFallDue(_tickets[trial]) ? Fate.Done : Fate.TooLate;
}
