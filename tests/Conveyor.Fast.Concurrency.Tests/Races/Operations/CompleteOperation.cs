namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run ends well. A parent that runs beside a child has a child that was retried by hand.</summary>
internal sealed class CompleteOperation() : Operation("complete")
{
    public override void Prepare(Hand hand, int trial, long id) => hand.Start(trial, id);

    public override void PrepareParent(Hand hand, int trial, Family family)
    {
        ParentPreparation.FinishChild(hand, trial, family);
        hand.Start(trial, family.Parent);
        ParentPreparation.ReviveChild(hand, family);
    }

    public override Fate Do(Hand hand, int trial, long id) => hand.TryComplete(trial) ? Fate.Done : Fate.TooLate;
}
