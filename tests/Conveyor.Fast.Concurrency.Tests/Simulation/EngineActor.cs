using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Tells a story to a store with a fake clock, a seed and pumped workers. Jobs go by their names.</summary>
internal sealed partial class EngineActor : IActor, IDisposable
{
    private static readonly DateTimeOffset s_begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(s_begin);
    private readonly FlowProducer _flows;
    private readonly List<Worker> _workers = [];
    private readonly Dictionary<string, JobHandle> _jobs = [];
    private readonly Dictionary<JobId, string> _names = [];
    private readonly Dictionary<string, int> _added = [];

    public EngineActor(StorePlan plan)
    {
        Store = new JobStore(new JobStoreOptions
        {
            TimeProvider = _time,
            RandomSeed = 1,
            LoggerFactory = NullLoggerFactory.Instance,
            Retention = new RetentionOptions { Completed = BoundOf(plan.KeepCompleted), Failed = BoundOf(plan.KeepFailed) },
        });
        _flows = new FlowProducer(Store);
        foreach (string queue in ReferenceStore.Queues)
        {
            Store.GetQueue(queue, new JobQueueOptions { Capacity = queue == "b" ? plan.Capacity : null, Lifo = queue == "c" && plan.Lifo });
        }

        foreach (WorkerPlan worker in plan.Workers)
        {
            string name = $"w{_workers.Count}";
            _workers.Add(new Worker(
                Store, worker.Queue, (job, token) => Run(name, job, token),
                new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = worker.Concurrency, Name = name }));
        }
    }

    public JobStore Store { get; }

    public List<string> Trace { get; } = [];

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    public IReadOnlyCollection<string> Names => _jobs.Keys;

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
                Operation.Pump pump => Say(pump.Jobs is { } jobs ? Store.Pump(jobs) : Store.Pump()),
                Operation.Finish finish => Finish(finish.Job, finish.End),
                Operation.Cancel cancel => With(cancel.Job, job => job.Cancel(cancel.Reason, cancel.IncludeChildren).ToString()),
                Operation.Remove remove => With(remove.Job, job => job.Remove(remove.KeepChildren).ToString()),
                Operation.Retry retry => With(retry.Job, job => Retry(job, retry.IncludeCompleted)),
                Operation.ChangePriority change => With(change.Job, job => ChangePriority(job, change.Priority, change.ToFront)),
                Operation.Wait wait => With(wait.Job, job => Wait(job, wait.Minutes)),
                Operation.Pause pause => Pause(pause.Worker),
                Operation.Resume resume => Resume(resume.Worker),
                Operation.SetConcurrency set => SetConcurrency(set.Worker, set.Value),
                Operation.Advance advance => Advance(advance.Minutes),
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
        $"{result.JobsRun} ran, {result.JobsReady} ready, {result.JobsSuspended} suspended, due in {result.NextDue}";

    private string Pause(int worker)
    {
        _workers[worker].Pause();
        return "paused";
    }

    private string Resume(int worker)
    {
        _workers[worker].Resume();
        return "resumed";
    }

    private string SetConcurrency(int worker, int value)
    {
        _workers[worker].Concurrency = value;
        return "set";
    }

    private string Advance(int minutes)
    {
        _time.Advance(TimeSpan.FromMinutes(minutes));
        return "advanced";
    }
}
