namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run ends badly, with no attempt left.</summary>
internal sealed class FailOperation() : Operation("fail")
{
    private static readonly Exception s_cause = new InvalidOperationException("failed");

    public override void Prepare(Hand hand, int trial, long id) => hand.Start(trial, id);

    public override Fate Do(Hand hand, int trial, long id) => hand.TryFail(trial, s_cause) ? Fate.Done : Fate.TooLate;
}
