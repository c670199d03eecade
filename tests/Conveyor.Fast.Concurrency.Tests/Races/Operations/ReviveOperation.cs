namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A retry by hand, also of a completed job. A job that does not run is canceled first, alone.</summary>
internal sealed class ReviveOperation() : Operation("revive")
{
    public override bool NeedsEnds => true;

    public override void Prepare(Hand hand, int trial, long id) => CancelIfWaiting(hand, id);

    public override void PrepareParent(Hand hand, int trial, Family family) => CancelIfWaiting(hand, family.Parent);

    public override Fate Do(Hand hand, int trial, long id)
    {
        try
        {
            hand.Races.Handle(id).Retry(includeCompleted: true);
            return Fate.Done;
        }
        catch (JobNotFoundException)
        {
            return Fate.NotFound;
        }
        catch (InvalidJobStateException)
        {
            return Fate.Refused;
        }
    }

    private static void CancelIfWaiting(Hand hand, long id)
    {
        if (!hand.Races.IsActive(id))
        {
            hand.Races.Handle(id).Cancel(includeChildren: false);
        }
    }
}
