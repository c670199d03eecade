namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>Retention removes an ended job by the ticket it was filed under.</summary>
internal sealed class EvictOperation() : Operation("evict")
{
    private readonly long[] _tickets = new long[RaceRun.Batch];

    public override bool NeedsEnds => true;

    public override void Prepare(Hand hand, int trial, long id)
    {
        if (hand.Start(trial, id))
        {
            hand.TryComplete(trial);
        }

        _tickets[trial] = hand.TicketOf(id);
    }

    public override void PrepareParent(Hand hand, int trial, Family family)
    {
        ParentPreparation.FinishChild(hand, trial, family);
        Prepare(hand, trial, family.Parent);
        ParentPreparation.ReviveChild(hand, family);
    }

    public override Fate Do(Hand hand, int trial, long id)
    {
        hand.Evict(_tickets[trial]);
        return Fate.Done;
    }
}
