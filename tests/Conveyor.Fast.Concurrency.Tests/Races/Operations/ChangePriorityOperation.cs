namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A job gets another priority; refused if it runs, has ended or is gone.</summary>
internal sealed class ChangePriorityOperation() : Operation("change of priority")
{
    private const int Changed = 3;

    public override Fate Do(Hand hand, int trial, long id)
    {
        try
        {
            hand.Races.Handle(id).ChangePriority(Changed, toFront: trial % 2 == 0);
            return Fate.Done;
        }
        catch (ConveyorException)
        {
            // Where nothing is kept, a job that ended a moment ago may be gone already.
            return Fate.Refused;
        }
    }
}
