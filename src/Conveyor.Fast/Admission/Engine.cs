using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Admission;

/// <summary>All the stages of one store, wired together. A disposed store lets go of it, and so of every job and handler.</summary>
internal sealed class Engine
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, string> _workerNames = [];
    private readonly HashSet<Worker> _workers = [];
    private int _workerNumber;
    private long _unnamedWorkers;

    public Engine(JobStore store, JobStoreOptions options)
    {
        Options = options;
        Clock = new JobClock(options.TimeProvider);
        Hub = new EventHub(store, options.LoggerFactory, Clock.Provider);
        Table = new JobTable(Clock, options.RandomSeed);
        Table.Waiters.Report = error => Hub.ReportError(error, "Whoever waits");
        Ending = new Ending(Table, Hub);
        Settlement = new Settlement(Table, Ending);
        Dispatcher = new Dispatcher(store, Table, Ending, Settlement);
        Ending.Further = new FurtherParents(Table, Settlement, Ending);
        Ending.Promoted = Dispatcher.Promoted;
        Ending.ArmFor = Dispatcher.Alarm.ArmFor;
        Jobs = new JobAdmission(Dispatcher);
        Queues = new QueueRegistry(Dispatcher, Jobs, Hub, options);
        Keyed = new KeyedAdmission(Dispatcher, Jobs);
        Bulks = new BulkAdmission(Dispatcher, Jobs, Keyed);
        Flows = new FlowAdmission(Dispatcher, Queues, Jobs, Keyed, options.MaxFlowJobs);
        Operations = new JobOperations(Dispatcher, Hub);
        Schedules = new ScheduleAdmission(Dispatcher, Operations);
        QueueOperations = new QueueOperations(Dispatcher, Operations, Schedules);
        Pump = new Pump(Dispatcher, options.BudgetClock);
    }

    public JobStoreOptions Options { get; }

    public JobClock Clock { get; }

    public EventHub Hub { get; }

    public JobTable Table { get; }

    public Ending Ending { get; }

    public Settlement Settlement { get; }

    public Dispatcher Dispatcher { get; }

    public QueueRegistry Queues { get; }

    public JobAdmission Jobs { get; }

    public KeyedAdmission Keyed { get; }

    public BulkAdmission Bulks { get; }

    public FlowAdmission Flows { get; }

    public JobOperations Operations { get; }

    public ScheduleAdmission Schedules { get; }

    public QueueOperations QueueOperations { get; }

    public Pump Pump { get; }

    /// <summary>The workers that are not closed, or whose close goes on; a copy.</summary>
    public IReadOnlyList<Worker> Workers
    {
        get
        {
            lock (_lock)
            {
                return [.. _workers];
            }
        }
    }

    /// <summary>A worker's machine; what closes the store does not know of it before <see cref="AddWorker"/>.</summary>
    public WorkerCore MakeWorker(string queueName, JobHandler handler, JobEvents events, WorkerOptions options, string name)
    {
        ReadyQueue queue = Queues.Use(queueName).Ready;
        lock (_lock)
        {
            int number = ++_workerNumber;
            _workerNames[number] = name;
            WorkerCore core = new(Dispatcher, queue, handler, events, number, options) { Pump = Pump.Context };
            queue.Switch.Add(core);
            Dispatcher.Deadlines.Add(core);
            if (core.IsPumped)
            {
                Pump.Add(core);
            }
            else
            {
                Pump.HasThreads = true;
            }

            return core;
        }
    }

    /// <summary>From here on the worker can be closed from outside, so it is whole.</summary>
    public void AddWorker(Worker worker)
    {
        lock (_lock)
        {
            _workers.Add(worker);
        }
    }

    public void RemoveWorker(Worker worker, WorkerCore core)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
            core.Queue.Switch.Remove(core);
            if (core.IsPumped)
            {
                Pump.Remove(core);
            }
        }
    }

    /// <summary>A name for a worker that was given none.</summary>
    public string NextWorkerName(string queueName) => $"{queueName}-{Atomic.Increment(ref _unnamedWorkers)}";

    public string? WorkerName(int number)
    {
        lock (_lock)
        {
            return _workerNames.GetValueOrDefault(number);
        }
    }

    /// <summary>Ends every wait and stops the clock; the workers have been closed before.</summary>
    public void Close(Exception reason)
    {
        Dispatcher.Alarm.Dispose();
        Dispatcher.Idle.Close(reason);
        Table.Rooms.Close(reason);
        Table.Waiters.Close(reason);
        Hub.Close();
    }
}
