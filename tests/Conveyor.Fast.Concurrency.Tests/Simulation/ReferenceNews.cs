namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Rule 3: what subscribers hear of one step of a job. It has its place among the job's from the step on, and is due when the operation comes to it.</summary>
internal sealed class ReferenceNews(ReferenceJob job, ReferenceNews? after, JobAnnouncement[] announcements)
{
    public ReferenceJob Job => job;

    /// <summary>The end of the child from which it follows.</summary>
    public ReferenceNews? After => after;

    public JobAnnouncement[] Announcements => announcements;

    /// <summary>The state that the step led to.</summary>
    public JobState State => announcements[0].State;

    /// <summary>The stay of the job that the step began.</summary>
    public int Stay { get; } = job.Stay;

    public bool IsDue { get; set; }

    public bool IsTold { get; set; }
}
