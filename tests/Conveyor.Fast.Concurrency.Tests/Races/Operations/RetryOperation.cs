namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run ends badly, with attempts left and no backoff: the job goes back to its queue.</summary>
internal sealed class RetryOperation() : Operation("retry")
{
    private static readonly Exception s_cause = new InvalidOperationException("failed, but not for good");

    public override void Prepare(Hand hand, int trial, long id) => hand.Start(trial, id);

    public override Fate Do(Hand hand, int trial, long id) =>
        hand.Retry(trial, s_cause, isDelayed: false) != 0 ? Fate.Done : Fate.TooLate;
}
