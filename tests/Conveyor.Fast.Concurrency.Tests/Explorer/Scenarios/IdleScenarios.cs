using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Looks whether the store, or a queue, is idle, while a job that ends is followed by another one: it is not for a moment in between.</summary>
internal static class IdleScenarios
{
    private static readonly JobOptions s_keyed = new() { Deduplication = Deduplication.ByKey("k") };
    private static readonly JobOptions s_ignored = new() { FailParentOnChildFailure = ChildFailurePolicy.Ignore };

    public static readonly Scenario[] All =
    [
        Followed("idle or not | a cancel makes an attached parent ready", static job => job.Cancel()),
        Followed("idle or not | a removal makes an attached parent ready", static job => job.Remove()),

        Scenario.Short("idle or not | a job comes, and who added it waits as well", static play =>
        {
            Stage stage = new(play);
            stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            _ = stage.Dispatcher.Idle.WaitAsync();
            Task? idle = null;
            play.Thread("ends", () =>
            {
                hand.Complete();
                stage.Dispatcher.Idle.Check();
            });
            play.Thread("waits", () =>
            {
                stage.Add();
                idle = stage.Dispatcher.Idle.WaitAsync();
            });
            play.Afterwards(() => Assert.False(idle!.IsCompleted, "the store was called idle to who had added a job, and it waits"));
        }),

        Scenario.Short("drained or not | a run adds the next job and ends", static play =>
        {
            Stage stage = new(play);
            stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            bool isDrained = false;
            play.Thread("looks", () => isDrained = DrainedCheck.Run(stage.Table, stage.Ready, stage.Dispatcher.Ending.Announcements));
            play.Thread("runs", () =>
            {
                stage.Add();
                hand.Complete();
            });
            play.Afterwards(() => Assert.False(isDrained, "the queue was called drained, and a job waits"));
        }),
    ];

    private static Scenario Followed(string name, Action<JobHandle> end) => Scenario.Short(name, play =>
    {
        Stage stage = new(play);
        JobHandle job = stage.Add(s_keyed);
        stage.AddFamily(1, parent: s_ignored, child: s_keyed);
        Task? idle = null;
        play.Thread("waits", () => idle = stage.Dispatcher.Idle.WaitAsync());
        play.Thread("ends", () => end(job));
        play.Afterwards(() => Assert.False(idle!.IsCompleted, "the store was called idle, and a parent is ready"));
    });
}
