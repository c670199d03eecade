using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Single jobs on one thread: a batch is added, then as many jobs are pumped, and again. With jobs waiting beforehand,
/// what is pumped is always the oldest of them, and their number stays.
/// <code>
///     P1 -> queue, so and so many waiting -> Pump      (one thread, in batches)
/// </code>
/// </summary>
internal sealed class PumpedJobs : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly OrderProbe _order = new();
    private readonly JobOptions? _options;
    private readonly int _batch;
    private long _ranBefore;
    private int _pumped;

    public PumpedJobs(int batch, int waiting = 0, JobOptions? options = null)
    {
        _options = options;
        _batch = batch;
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
        for (int i = 0; i < waiting; i++)
        {
            _order.Added(_queue.Add(Name));
        }
    }

    public override int Jobs => 200_000;

    public override void Prepare()
    {
        _ranBefore = _order.JobsRun;
        _pumped = 0;
    }

    public override void Run()
    {
        for (int jobs = 0; jobs < Jobs; jobs += _batch)
        {
            for (int i = 0; i < _batch; i++)
            {
                _order.Added(_queue.Add(Name, _options));
            }

            _pumped += _store.Pump(_batch).JobsRun;
        }
    }

    public override void Check()
    {
        Expect("jobs run", Jobs, _order.JobsRun - _ranBefore);
        Expect("jobs pumped", Jobs, _pumped);
        Expect("jobs out of order", 0, _order.CountOutOfOrder());
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        _order.Ran(job);
        return null;
    }
}
