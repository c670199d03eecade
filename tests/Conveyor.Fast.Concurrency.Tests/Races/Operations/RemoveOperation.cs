namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A removal by hand, with the children; refused if one of them runs.</summary>
internal sealed class RemoveOperation() : Operation("remove")
{
    public override Fate Do(Hand hand, int trial, long id)
    {
        try
        {
            return hand.Races.Handle(id).Remove() ? Fate.Done : Fate.NotFound;
        }
        catch (InvalidJobStateException)
        {
            return Fate.Refused;
        }
    }
}
