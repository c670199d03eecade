namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Cancels, their tokens and the runs they meet.</summary>
internal static class CancelScenarios
{
    public static readonly Scenario[] All =
    [
        Scenario.Short("what a cancel answers is what becomes of the job", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            bool canceled = false;
            play.Thread("canceller", () => canceled = job.Cancel());
            play.Thread("owner", hand.Complete);
            play.Afterwards(() => Assert.True(canceled == (job.State == JobState.Canceled), $"the cancel answered {canceled} and the job is {job.State}"));
        }),

        Scenario.Short("a job is canceled while it starts", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            bool canceled = false;
            bool started = false;
            play.Thread("canceller", () => canceled = job.Cancel());
            play.Thread("taker", () => started = hand.TryTake());
            play.Afterwards(() =>
            {
                Assert.True(canceled, "nothing had ended and the cancel was refused");
                Assert.True(started == (job.State == JobState.Active), $"started: {started}, and the job is {job.State}");
            });
        }),

        new("a job is canceled while it is retried", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(new JobOptions { Attempts = 3 });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            bool canceled = false;
            play.Thread("canceller", () => canceled = job.Cancel());
            play.Thread("owner", () => hand.Retry());
            play.Afterwards(() => Assert.True(canceled && job.State == JobState.Canceled, $"the cancel answered {canceled} and the job is {job.State}"));
        }),

        Scenario.Short("a handler asks for its token while it is canceled", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            CancellationToken token = default;
            bool canceled = false;
            play.Thread("canceller", () => canceled = job.Cancel());
            play.Thread("handler", () => token = hand.Run.Token(hand.Number));
            play.Afterwards(() => Assert.True(canceled && token.IsCancellationRequested, $"the cancel answered {canceled}, the token {token.IsCancellationRequested}"));
        }),

        Scenario.Short("a cancel comes as late as the next job's start", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            hand.Run.Token(hand.Number);
            CancellationToken next = default;
            play.Thread("canceller", () => job.Cancel());
            play.Thread("owner", () =>
            {
                hand.Complete();
                Assert.True(hand.TryTake());
                next = hand.Run.Token(hand.Number);
            });
            play.Afterwards(() => Assert.False(next.IsCancellationRequested, "the next job's token is fired"));
        }),

        Scenario.Short("two cancels", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            bool[] answers = new bool[2];
            play.Thread("a", () => answers[0] = job.Cancel());
            play.Thread("b", () => answers[1] = job.Cancel());
            play.Afterwards(() => Assert.True(answers.Count(static answer => answer) == 1, "not just one of two cancels was told that it was it"));
        }),
    ];
}
