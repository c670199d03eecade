namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>One event of one job. The reference says of an event what job's end it follows from.</summary>
internal sealed record JobAnnouncement(string Job, JobEventType Type, JobState State, JobState Previous, int AttemptsMade, string? FollowsEndOf = null)
{
    /// <summary>The end of a life; the removal of what has ended is none.</summary>
    public bool IsEnd => Type is JobEventType.Completed or JobEventType.Failed or JobEventType.Canceled
        || (Type == JobEventType.Removed && Previous is not (JobState.Completed or JobState.Failed or JobState.Canceled));

    public bool Matches(JobAnnouncement heard) => this with { FollowsEndOf = null } == heard;

    public override string ToString() => $"{Job}: {Type}, {State} from {Previous}, {AttemptsMade} attempts made";
}
