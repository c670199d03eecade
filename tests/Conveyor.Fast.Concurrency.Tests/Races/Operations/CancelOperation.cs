namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A cancel by hand, with the children.</summary>
internal sealed class CancelOperation() : Operation("cancel")
{
    public override Fate Do(Hand hand, int trial, long id) => hand.Races.Handle(id).Cancel("raced") ? Fate.Done : Fate.TooLate;
}
