namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A parent that attached to a job becomes ready by that one's end by hand: the store is not idle for a moment in between.</summary>
internal static class IdleScenarios
{
    private static readonly JobOptions s_keyed = new() { Deduplication = Deduplication.ByKey("k") };
    private static readonly JobOptions s_ignored = new() { FailParentOnChildFailure = ChildFailurePolicy.Ignore };

    public static readonly Scenario[] All =
    [
        Followed("idle or not | a cancel makes an attached parent ready", static job => job.Cancel()),
        Followed("idle or not | a removal makes an attached parent ready", static job => job.Remove()),
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
