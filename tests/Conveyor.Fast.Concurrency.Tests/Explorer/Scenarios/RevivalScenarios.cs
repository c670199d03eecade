namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>New lives, what is left of the old ones, and what comes between the two.</summary>
internal static class RevivalScenarios
{
    public static readonly Scenario[] All =
    [
        new("a value is read as its job goes and its box serves another one", static play =>
        {
            Stage stage = new(play);
            Hand hand = stage.Hand(sharesStripes: true);
            JobHandle job = stage.Add();
            Assert.True(hand.TryTake());
            hand.Complete((1L, 1L));
            (long, long)? value = null;
            play.Thread("reader", () =>
            {
                ValueTask<(long, long)> told = job.WaitUntilFinishedAsync<(long, long)>(TimeSpan.Zero);
                value = told.IsCompletedSuccessfully ? told.Result : null;
            });
            play.Thread("operator", () =>
            {
                job.Remove();
                stage.Add();
                Assert.True(hand.TryTake());
                hand.Complete((2L, 2L));
            });
            play.Afterwards(() => Assert.True(value is null or (1L, 1L), $"the value is {value}"));
        }),
    ];
}
