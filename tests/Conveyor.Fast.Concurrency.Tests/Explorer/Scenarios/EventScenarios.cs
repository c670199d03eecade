namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>What subscribers hear, and when.</summary>
internal static class EventScenarios
{
    public static readonly Scenario[] All =
    [
        new("events of one job come in the order of its steps", static play =>
        {
            Stage stage = new(play);
            List<JobEvent> heard = Listen(stage);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            play.Thread("taker", () =>
            {
                if (hand.TryTake())
                {
                    hand.Retry();
                }
            });
            play.Thread("canceller", () => job.Cancel());
            play.Afterwards(() =>
            {
                JobState last = JobState.None;
                foreach (JobEvent occurrence in heard.Where(occurrence => occurrence.Job == job && occurrence.Type is not (JobEventType.Added or JobEventType.Retrying)))
                {
                    Assert.True(occurrence.PreviousState == last, $"{occurrence.Type} follows {occurrence.PreviousState} and was heard after {last}");
                    last = occurrence.State;
                }

                Assert.True(last == job.State, $"the job is {job.State} and what was heard last is {last}");
            });
        }),

        Scenario.Short("a child's end is heard when its edge is counted", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(2, child: new JobOptions { Attempts = 9 });
            Hand[] hands = [stage.Hand(), stage.Hand()];
            Assert.True(hands[0].TryTake() && hands[1].TryTake());
            List<int> open = [];
            stage.Store.Events.Subscribe(occurrence => open.Add(occurrence.Job == jobs[1] ? stage.PendingOf(jobs[0]) : 1), JobEventType.Completed);
            play.Thread("ends", hands[0].Complete);
            play.Thread("goes on", () => hands[1].Retry());
            play.Afterwards(() => Assert.True(open.SequenceEqual([1]), $"{string.Join(", ", open)} open edges when the first of two children was heard to end"));
        }),

        HeardBeforeItsEffect("a child's end that waits for another of its events is heard before its parent fails", new JobOptions(), JobEventType.Failed),
        HeardBeforeItsEffect("a child's end that waits for another of its events is heard before its parent is ready", new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore }, JobEventType.Waiting),

        new("a removed job's slot waits for its announcement", static play =>
        {
            Stage stage = new(play);
            List<JobEvent> heard = Listen(stage);
            JobHandle job = stage.Add(new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", hand.Complete);
            play.Thread("producer", () =>
            {
                job.Cancel();
                stage.Add();
            });
            play.Afterwards(() => Assert.Single(heard, occurrence => occurrence.Job == job && occurrence.Type == JobEventType.Removed));
        }),
    ];

    /// <summary>A child is canceled while somebody is told that it has fallen due.</summary>
    private static Scenario HeardBeforeItsEffect(string name, JobOptions parent, JobEventType effect) => new(name, play =>
    {
        Stage stage = new(play);
        List<JobEvent> heard = Listen(stage);
        JobHandle[] jobs = stage.AddFamily(1, parent, new JobOptions { Delay = TimeSpan.FromHours(1) });
        stage.Time.Advance(TimeSpan.FromHours(1));
        play.Thread("clock", stage.Dispatcher.Alarm.Ring);
        play.Thread("canceller", () => jobs[1].Cancel());
        play.Afterwards(() =>
        {
            int end = heard.FindIndex(occurrence => occurrence.Job == jobs[1] && occurrence.Type == JobEventType.Canceled);
            int next = heard.FindIndex(occurrence => occurrence.Job == jobs[0] && occurrence.Type == effect);
            Assert.True(end >= 0 && end < next, $"the child's end was heard as number {end}, what follows from it as number {next}");
        });
    });

    private static List<JobEvent> Listen(Stage stage)
    {
        List<JobEvent> heard = [];
        stage.Store.Events.Subscribe(heard.Add);
        return heard;
    }
}
