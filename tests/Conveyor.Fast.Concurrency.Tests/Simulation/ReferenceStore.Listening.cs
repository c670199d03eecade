namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What subscribers hear, and what they do then. Rules 3, 29, 30.</summary>
internal sealed partial class ReferenceStore
{
    private readonly HashSet<string> _used = [];
    private readonly List<ReferenceNews> _news = []; // Not told yet, in the order of the steps.
    private readonly HashSet<Reaction> _reacted = new(ReferenceEqualityComparer.Instance);
    private bool _listens;
    private bool _disturbs;

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    /// <summary>Notes a step of a job. It is told later, but as of now.</summary>
    private ReferenceNews Book(ReferenceJob job, JobState previous, ReferenceJob? after, params JobEventType[] types)
    {
        job.Stay++;
        ReferenceNews news = new(job, after?.End, [.. types.Select(type => new JobAnnouncement(job.Name, type, type == JobEventType.Removed ? JobState.None : job.State, previous, job.AttemptsMade, after?.Name))]);
        _news.Add(news);
        return news;
    }

    private void Announce(ReferenceJob job, JobState previous, params JobEventType[] types) => Tell(Book(job, previous, null, types));

    /// <summary>
    /// 3: of one job in order and never two at once, a child's end before what follows from it. So what a subscriber does to
    /// the job whose event it hears is told when it is done with that one.
    /// </summary>
    private void Tell(ReferenceNews news)
    {
        news.IsDue = true;
        while (_news.Find(MayBeTold) is { } next)
        {
            next.Job.IsBeingTold = true;
            Array.ForEach(next.Announcements, announcement => Deliver(next.Job, announcement));
            next.Job.IsBeingTold = false;
            next.IsTold = true;
            _news.Remove(next);
        }
    }

    private bool MayBeTold(ReferenceNews news) =>
        news is { IsDue: true, Job.IsBeingTold: false, After: null or { IsTold: true } } && _news.Find(other => other.Job == news.Job) == news;

    private void Deliver(ReferenceJob job, JobAnnouncement announcement)
    {
        if (_disturbs && announcement.Type is JobEventType.Active or JobEventType.Completed)
        {
            NoteError();
        }

        if (_listens)
        {
            Heard.Add(announcement);
            React(job, announcement.Type);
        }
    }

    /// <summary>29: a subscriber may call anything.</summary>
    private void React(ReferenceJob job, JobEventType type)
    {
        foreach (Reaction reaction in job.Plan.Reactions.Where(reaction => reaction.To == type && _reacted.Add(reaction)))
        {
            foreach (Operation act in reaction.Acts)
            {
                Trace.Add($"at {type} of {job.Name}: {act}: {Perform(act)}");
            }
        }
    }

    private static JobEventType WaitingType(ReferenceJob job) => job.State switch
    {
        JobState.WaitingChildren => JobEventType.WaitingChildren,
        JobState.Delayed => JobEventType.Delayed,
        _ => JobEventType.Waiting,
    };

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
