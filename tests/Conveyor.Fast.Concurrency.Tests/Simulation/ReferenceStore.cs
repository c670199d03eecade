namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>
/// The rules of the semantics, slow and plain: lists, dictionaries, one thread. The numbers in the comments are the rules'.
/// </summary>
internal sealed partial class ReferenceStore : IActor
{
    public static readonly string[] Queues = ["a", "b", "c"];
    private readonly StorePlan _plan;
    private readonly Dictionary<string, ReferenceJob> _jobs = [];
    private readonly Dictionary<string, int> _added = [];
    private readonly Dictionary<string, ReferenceLine> _lines = Queues.ToDictionary(static queue => queue, static _ => new ReferenceLine());
    private readonly Dictionary<(string Queue, bool Completed), ReferenceTrack> _tracks = [];
    private readonly List<ReferenceWorker> _workers = [];
    private readonly List<ReferenceJob> _delayed = [];
    private readonly List<(ReferenceJob? Job, TimeSpan? Until, string? Outcome)> _waits = [];
    private readonly HashSet<string> _used = [];
    private TimeSpan _now;
    private bool _listens;
    private bool _disturbs;

    public ReferenceStore(StorePlan plan)
    {
        _plan = plan;
        foreach (WorkerPlan worker in plan.Workers)
        {
            _workers.Add(new ReferenceWorker($"w{_workers.Count}", worker.Queue, worker.Concurrency));
        }

        foreach (string queue in Queues)
        {
            _tracks[(queue, true)] = new ReferenceTrack(plan.KeepCompleted);
            _tracks[(queue, false)] = new ReferenceTrack(plan.KeepFailed);
        }
    }

    public List<string> Trace { get; } = [];

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    public IReadOnlyList<string?> Waits => [.. _waits.Select(static wait => wait.Outcome)];

    public IReadOnlyCollection<string> Names => _jobs.Keys;

    public IEnumerable<string> Fired => _jobs.Values.Where(static job => job.IsSuspended && job.IsCancelRequested).Select(static job => job.Name);

    public string Perform(Operation operation) => operation switch
    {
        Operation.Add add => Add(add.Way, add.Jobs),
        Operation.AddFlow add => AddFlow(add.Way, add.Roots),
        Operation.Pump pump => Pump(pump.Jobs ?? int.MaxValue),
        Operation.Finish finish => With(finish.Job, job => Finish(job, finish.End)),
        Operation.Cancel cancel => With(cancel.Job, job => Cancel(job, cancel.Reason, cancel.IncludeChildren)),
        Operation.Remove remove => With(remove.Job, job => Remove(job, remove.KeepChildren)),
        Operation.Retry retry => With(retry.Job, job => Retry(job, retry.IncludeCompleted)),
        Operation.ChangePriority change => With(change.Job, job => ChangePriority(job, change.Priority, change.ToFront)),
        Operation.Wait wait => With(wait.Job, job => Wait(job, wait.Minutes)),
        Operation.Pause pause => Pause(pause.Worker, true),
        Operation.Resume resume => Pause(resume.Worker, false),
        Operation.SetConcurrency set => SetConcurrency(set.Worker, set.Value),
        Operation.Advance advance => Advance(advance.Minutes),
        Operation.Listen listen => (_listens = listen.On) ? "listens" : "does not listen",
        Operation.Disturb disturb => (_disturbs = disturb.On) ? "disturbs" : "does not disturb",
        _ => throw new ArgumentException($"{operation} is unknown.", nameof(operation)),
    };

    public JobState StateOf(string job) => _jobs[job].VisibleState;

    public string Describe(string job)
    {
        ReferenceJob it = _jobs[job];
        return !it.IsStored ? "none" : string.Join(", ",
            it.Name, it.Plan.Queue, it.State, it.Priority, it.Plan.CustomId, it.Plan.Policy,
            $"attempts {it.AttemptsMade} of {it.Plan.Attempts}",
            $"parent {it.Parent?.Name}",
            $"children {string.Join(' ', it.Children.Select(static child => child.Name))}",
            $"pending {(it.State == JobState.WaitingChildren ? it.Children.Count(static child => child.IsEdgeOpen) : 0)}",
            $"times {it.Created} {it.Started} {(it.IsEnded ? it.Ended : null)}",
            $"worker {it.Worker?.Name}",
            $"value {(it.State == JobState.Completed ? it.Value ?? "null" : "")}",
            $"reason {(it.State == JobState.Completed ? "" : it.Reason)}");
    }

    public JobCounts Count(string queue)
    {
        int[] counts = new int[8];
        foreach (ReferenceJob job in _jobs.Values)
        {
            counts[(int)job.VisibleState] += job.Plan.Queue == queue ? 1 : 0;
        }

        return new JobCounts(counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]);
    }

    /// <summary>25: a job takes room until it ends or is removed, in whatever state.</summary>
    public int RoomTaken(string queue) => CapacityOf(queue) is null ? 0 : Unfinished(queue);

    public string List(string queue, JobState state) =>
        string.Join(' ', _jobs.Values.Where(job => job.Plan.Queue == queue && job.VisibleState == state).Select(static job => job.Name).Order(StringComparer.Ordinal));

    public string? Find(string queue, string customId) => Holder(queue, customId)?.Name;

    private ReferenceJob? Holder(string queue, string customId) =>
        _jobs.Values.FirstOrDefault(job => job.IsStored && job.Plan.Queue == queue && job.Plan.CustomId == customId);

    private int? CapacityOf(string queue) => queue == "b" ? _plan.Capacity : null;

    private int Unfinished(string queue) => _jobs.Values.Count(job => job.IsUnfinished && job.Plan.Queue == queue);

    private string With(string name, Func<ReferenceJob, string> act) => _jobs.TryGetValue(name, out ReferenceJob? job) ? act(job) : "nothing";

    private string Pause(int worker, bool pause)
    {
        _workers[worker].IsPaused = pause;
        return pause ? "paused" : "resumed";
    }

    private string SetConcurrency(int worker, int value)
    {
        _workers[worker].Concurrency = value;
        return "set";
    }

    /// <summary>19: nothing but waits has a timer of its own in a pumped store.</summary>
    private string Advance(int minutes)
    {
        _now += TimeSpan.FromMinutes(minutes);
        for (int i = 0; i < _waits.Count; i++)
        {
            if (_waits[i] is { Outcome: null, Until: { } until } && until <= _now)
            {
                _waits[i] = _waits[i] with { Outcome = "late" };
            }
        }

        return "advanced";
    }

    private string Wait(ReferenceJob job, int? minutes)
    {
        string? outcome = !job.IsStored ? "gone" : job.IsEnded ? OutcomeOf(job) : minutes == 0 ? "late" : null;
        _waits.Add((job, minutes is { } limit ? _now + TimeSpan.FromMinutes(limit) : null, outcome));
        return "waits";
    }

    private void EndWaits(ReferenceJob job, string outcome)
    {
        for (int i = 0; i < _waits.Count; i++)
        {
            if (_waits[i].Job == job && _waits[i].Outcome is null)
            {
                _waits[i] = _waits[i] with { Outcome = outcome };
            }
        }
    }

    private static string OutcomeOf(ReferenceJob job) => job.State switch
    {
        JobState.Completed => $"value {job.Value ?? "null"}",
        JobState.Failed => $"failed {job.Reason}",
        _ => $"canceled {job.Reason}",
    };

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

    /// <summary>30: what a subscriber or a callback throws is announced.</summary>
    private void NoteError()
    {
        if (_listens)
        {
            Notices.Add("error");
        }
    }
}
