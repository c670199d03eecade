namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>The automaton of a job's events can find fault.</summary>
public class AutomatonTests
{
    [Fact]
    public void Events_OfTwoLivesAndARemoval_AreRight() => Assert.Null(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Failed, JobState.Active),
        (JobEventType.Waiting, JobState.Failed), (JobEventType.Canceled, JobState.Waiting), (JobEventType.Removed, JobState.Canceled)));

    [Fact]
    public void Events_OfADelayedParentThatStallsOnce_AreRight() => Assert.Null(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.WaitingChildren, JobState.None), (JobEventType.Delayed, JobState.WaitingChildren), (JobEventType.Waiting, JobState.Delayed),
        (JobEventType.Active, JobState.Waiting), (JobEventType.Stalled, JobState.Active), (JobEventType.Waiting, JobState.Active), (JobEventType.Active, JobState.Waiting), (JobEventType.Completed, JobState.Active)));

    [Fact]
    public void Events_OfAStallWithoutARun_AreWrong() => Assert.NotNull(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Stalled, JobState.Waiting)));

    [Fact]
    public void Events_OfASecondEndInOneLife_AreWrong() => Assert.NotNull(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Completed, JobState.Active), (JobEventType.Canceled, JobState.Completed)));

    [Fact]
    public void Events_OfAMissedStart_AreWrong() => Assert.NotNull(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Completed, JobState.Waiting)));

    [Fact]
    public void Events_OfTheRemovalOfARunningJob_AreWrong() => Assert.NotNull(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Removed, JobState.Active)));

    private static string? Hear(params (JobEventType Type, JobState From)[] events)
    {
        EventAutomaton automaton = new();
        return events.Select(one => automaton.Hear(new JobEvent { Type = one.Type, PreviousState = one.From, QueueName = "q", JobName = "job" })).FirstOrDefault(static fault => fault is not null);
    }
}
