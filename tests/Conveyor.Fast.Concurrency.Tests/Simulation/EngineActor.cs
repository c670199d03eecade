using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Tells a story to a store with a fake clock, a seed and pumped workers. Jobs go by their names.</summary>
internal sealed partial class EngineActor : IActor, IDisposable
{
    private readonly DateTimeOffset _begin;
    private readonly FakeTimeProvider _time;
    private readonly FlowProducer _flows;
    private readonly Dictionary<string, JobHandle> _jobs = [];
    private readonly Dictionary<JobId, string> _names = [];
    private readonly Dictionary<string, int> _added = [];

    public EngineActor(StorePlan plan)
    {
        _begin = plan.Begin;
        _time = new FakeTimeProvider(_begin);
        Store = new JobStore(new JobStoreOptions
        {
            TimeProvider = _time,
            RandomSeed = 1,
            LoggerFactory = NullLoggerFactory.Instance,
            Retention = new RetentionOptions { Completed = plan.OnComplete.ToRetention(), Failed = plan.OnFail.ToRetention() },
        });
        _flows = new FlowProducer(Store);
        foreach (string queue in ReferenceStore.Queues)
        {
            Store.GetQueue(queue, new JobQueueOptions
            {
                Capacity = queue == "b" ? plan.Capacity : null,
                Lifo = queue == "c" && plan.Lifo,
                DefaultJobOptions = queue == "a" && plan.Defaults is { } defaults ? OptionsOf(defaults) : null,
            });
        }

        foreach (WorkerPlan worker in plan.Workers)
        {
            AddWorker(worker);
        }
    }

    public JobStore Store { get; }

    public List<string> Trace { get; } = [];

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    public IReadOnlyCollection<string> Names => _jobs.Keys;

    public PumpResult LastPump { get; private set; }

    /// <summary>The jobs' ids in order of adding, for the comparison of two tellings.</summary>
    public IEnumerable<JobId> Ids => _names.Keys;

    public string Perform(Operation operation)
    {
        try
        {
            return operation switch
            {
                Operation.Add add => Add(add.Way, JobNames.Fresh(_added, add.Jobs)),
                Operation.AddFlow add => AddFlow(add.Way, JobNames.Fresh(_added, add.Roots)),
                Operation.GiveUp give => GiveUp(give.Job),
                Operation.Pump pump => Say(LastPump = Store.Pump(pump.Jobs ?? Operation.Pump.Most)),
                Operation.Finish finish => Finish(finish.Job, finish.End, finish.Newest),
                Operation.Cancel cancel => With(cancel.Job, job => job.Cancel(cancel.Reason, cancel.IncludeChildren).ToString()),
                Operation.Remove remove => With(remove.Job, job => job.Remove(remove.KeepChildren).ToString()),
                Operation.Retry retry => With(retry.Job, job => Retry(job, retry.IncludeCompleted)),
                Operation.ChangePriority change => With(change.Job, job => ChangePriority(job, change.Priority, change.ToFront)),
                Operation.Wait wait => With(wait.Job, job => Wait(job, wait.Minutes)),
                Operation.Run run => RunForValue(JobNames.Fresh(_added, [run.Job])[0], run.HasToken),
                Operation.FireToken fire => FireToken(fire.Job),
                Operation.Pause pause => WithWorker(pause.Worker, Pause),
                Operation.Resume resume => WithWorker(resume.Worker, Resume),
                Operation.PauseQueue pause => PauseQueue(pause.Queue, true),
                Operation.ResumeQueue resume => PauseQueue(resume.Queue, false),
                Operation.SetConcurrency set => WithWorker(set.Worker, worker => SetConcurrency(worker, set.Value)),
                Operation.Close close => WithWorker(close.Worker, worker => Close(worker, Timeout.InfiniteTimeSpan)),
                Operation.AddWorker add => AddWorker(add.Worker),
                Operation.RetryAll retry => this.RetryAll(retry.Queue),
                Operation.OnQueue onQueue => OnQueue(onQueue),
                Operation.Advance advance => Advance(TimeSpan.FromMinutes(advance.Minutes)),
                Operation.AdvanceBy advance => Advance(advance.Time),
                Operation.Promote promote => With(promote.Job, Promote),
                Operation.PromoteJobs promote => Store.GetQueue(promote.Queue).PromoteJobs().ToString(),
                Operation.ChangeDelay change => With(change.Job, job => ChangeDelay(job, change.Minutes)),
                Operation.ForceClose close => WithWorker(close.Worker, ForceClose),
                Operation.MoveToFailed move => FromInside(run => run.Job.MoveToFailed(move.Reason).ToString()),
                Operation.Discard => FromInside(Discard),
                Operation.Move move => FromInside(run => Move(run, move.Minutes)),
                Operation.AddSchedule add => AddSchedule(add.Id, add.Repeat, add.Job),
                Operation.RemoveSchedule remove => Store.GetQueue(remove.Queue).RemoveSchedule(remove.Id).ToString(),
                Operation.Answer answer => Answer(answer.Job),
                Operation.Listen listen => Listen(listen.On),
                Operation.Disturb disturb => Disturb(disturb.On),
                _ => throw new ArgumentException($"{operation} is unknown.", nameof(operation)),
            };
        }
        catch (Exception error) when (error is InvalidFlowException or DuplicateJobException || (error is QueueFullException && operation is Operation.AddFlow))
        {
            return "refused"; // A flow may be refused for several reasons at once.
        }
        catch (ConveyorException error)
        {
            return $"refused {error.GetType().Name}";
        }
    }

    public void Dispose() => Store.Dispose();

    private static string Say(PumpResult result) =>
        $"{result.JobsRun} ran, {result.JobsReady} ready, {result.JobsSuspended} suspended";
}
