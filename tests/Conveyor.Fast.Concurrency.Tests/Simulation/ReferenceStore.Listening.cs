namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What subscribers hear. Rules 3, 30.</summary>
internal sealed partial class ReferenceStore
{
    private readonly HashSet<string> _used = [];
    private bool _listens;
    private bool _disturbs;

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    private void Announce(ReferenceJob job, JobEventType type, JobState previous, ReferenceJob? after = null)
    {
        if (_disturbs && type is JobEventType.Active or JobEventType.Completed)
        {
            NoteError();
        }

        if (_listens)
        {
            Heard.Add(new JobAnnouncement(job.Name, type, type == JobEventType.Removed ? JobState.None : job.State, previous, job.AttemptsMade, after?.Name));
        }
    }

    private void AnnounceWaiting(ReferenceJob job, JobState previous, ReferenceJob? after = null) => Announce(job, job.State switch
    {
        JobState.WaitingChildren => JobEventType.WaitingChildren,
        JobState.Delayed => JobEventType.Delayed,
        _ => JobEventType.Waiting,
    }, previous, after);

    private void Note(List<string> notices)
    {
        if (_listens)
        {
            Notices.AddRange(notices);
        }
    }

    /// <summary>30: what a subscriber or a callback throws is announced.</summary>
    private void NoteError()
    {
        if (_listens)
        {
            Notices.Add("error");
        }
    }

    /// <summary>Once per idle period, and only when a loop finds nothing to take.</summary>
    private void NoteDrained()
    {
        foreach (ReferenceWorker worker in _workers.FindAll(static worker => !worker.IsClosed))
        {
            JobCounts counts = Count(worker.Queue);
            if ((_listens || _disturbs || _hasSchedules) && counts is { Waiting: 0, Active: 0 } && _used.Remove(worker.Queue) && _listens)
            {
                Notices.Add($"drained {worker.Queue}");
            }
        }
    }
}
