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

    public ReferenceStore(StorePlan plan)
    {
        _plan = plan;
        foreach (WorkerPlan worker in plan.Workers)
        {
            AddWorker(worker);
        }

        foreach (string queue in Queues)
        {
            _tracks[(queue, true)] = new ReferenceTrack(plan.OnComplete);
            _tracks[(queue, false)] = new ReferenceTrack(plan.OnFail);
        }
    }

    public List<string> Trace { get; } = [];

    public IReadOnlyCollection<string> Names => _jobs.Keys;

    public IEnumerable<string> Fired => Runs.Where(static run => run is { IsSuspended: true, HasFired: true }).Select(static run => run.ToString());

    public string Perform(Operation operation) => operation switch
    {
        Operation.Add add => Add(add.Way, add.Jobs),
        Operation.AddFlow add => AddFlow(add.Way, add.Roots),
        Operation.GiveUp give => GiveUp(give.Job),
        Operation.Pump pump => Pump(pump.Jobs ?? Operation.Pump.Most),
        Operation.Finish finish => With(finish.Job, job => Finish(job, finish.End, finish.Newest)),
        Operation.Cancel cancel => With(cancel.Job, job => Cancel(job, cancel.Reason, cancel.IncludeChildren)),
        Operation.Remove remove => With(remove.Job, job => Remove(job, remove.KeepChildren)),
        Operation.Retry retry => With(retry.Job, job => Retry(job, retry.IncludeCompleted)),
        Operation.ChangePriority change => With(change.Job, job => ChangePriority(job, change.Priority, change.ToFront)),
        Operation.Wait wait => With(wait.Job, job => Wait(job, wait.Minutes)),
        Operation.Run run => RunForValue(run.Job, run.HasToken),
        Operation.FireToken fire => FireToken(fire.Job),
        Operation.Pause pause => WithWorker(pause.Worker, static worker => Pause(worker, true)),
        Operation.Resume resume => WithWorker(resume.Worker, static worker => Pause(worker, false)),
        Operation.PauseQueue pause => PauseQueue(pause.Queue, true),
        Operation.ResumeQueue resume => PauseQueue(resume.Queue, false),
        Operation.SetConcurrency set => WithWorker(set.Worker, worker => SetConcurrency(worker, set.Value)),
        Operation.Close close => WithWorker(close.Worker, Close),
        Operation.AddWorker add => AddWorker(add.Worker),
        Operation.RetryAll retry => this.RetryAll(retry.Queue),
        Operation.OnQueue onQueue => OnQueue(onQueue),
        Operation.Advance advance => Advance(TimeSpan.FromMinutes(advance.Minutes)),
        Operation.AdvanceBy advance => Advance(advance.Time),
        Operation.Promote promote => With(promote.Job, Promote),
        Operation.PromoteJobs promote => PromoteJobs(promote.Queue),
        Operation.ChangeDelay change => With(change.Job, job => ChangeDelay(job, TimeSpan.FromMinutes(change.Minutes))),
        Operation.ForceClose close => WithWorker(close.Worker, ForceClose),
        Operation.MoveToFailed move => FromInside(run => MoveToFailed(run, move.Reason)),
        Operation.Discard => FromInside(Discard),
        Operation.Move move => FromInside(run => Move(run, move.Minutes)),
        Operation.AddSchedule add => AddSchedule(add.Id, add.Repeat, add.Job),
        Operation.RemoveSchedule remove => RemoveSchedule(remove.Queue, remove.Id),
        Operation.Answer answer => With(answer.Job, Answer),
        Operation.Listen listen => (_listens = listen.On) ? "listens" : "does not listen",
        Operation.Disturb disturb => (_disturbs = disturb.On) ? "disturbs" : "does not disturb",
        _ => throw new ArgumentException($"{operation} is unknown.", nameof(operation)),
    };

    private ReferenceJob? Holder(string queue, string customId) =>
        _jobs.Values.FirstOrDefault(job => job.IsStored && job.Plan.Queue == queue && job.Plan.CustomId == customId);

    private string With(string name, Func<ReferenceJob, string> act) => _jobs.TryGetValue(name, out ReferenceJob? job) ? act(job) : "nothing";
}
