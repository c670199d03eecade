namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>How a parent comes to live, or to have ended, beside an unfinished child: the child is retried by hand.</summary>
internal static class ParentPreparation
{
    public static void FinishChild(Hand hand, int trial, Family family)
    {
        hand.Start(trial, family.First);
        hand.TryComplete(trial);
    }

    public static void ReviveChild(Hand hand, Family family) => hand.Races.Handle(family.First).Retry(includeCompleted: true);
}
