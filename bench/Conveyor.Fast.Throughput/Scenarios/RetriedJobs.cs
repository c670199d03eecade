using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Four runs on one thread, three of which throw: of one job that is retried three times, or of four jobs. Both throw the
/// same exception as often, so what differs is what a retry costs beside an add.
/// <code>
///     P1 -> queue -> Pump: throws, throws, throws, returns      (one job, or four)
/// </code>
/// </summary>
internal sealed class RetriedJobs : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";
    private const int Runs = 4;
    private const int Batch = 100;

    private static readonly InvalidOperationException s_failure = new("a run that fails");

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly JobOptions _options;
    private readonly bool _isRetried;
    private int _run;
    private int _returned;

    public RetriedJobs(bool isRetried)
    {
        _isRetried = isRetried;
        _options = new JobOptions { Attempts = isRetried ? Runs : 1 };
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, isRetried ? Retry : FailByTurns, new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    public override int Jobs => 4_000;

    public override void Prepare() => _run = _returned = 0;

    public override void Run()
    {
        int added = _isRetried ? Batch : Batch * Runs;
        for (int jobs = 0; jobs < Jobs; jobs += Batch)
        {
            for (int i = 0; i < added; i++)
            {
                _queue.Add(Name, _options);
            }

            _store.Pump();
        }
    }

    public override void Check()
    {
        Expect("runs", Jobs * Runs, _run);
        Expect("runs that returned", Jobs, _returned);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Retry(Job job) => Handle(fails: job.AttemptsMade < Runs - 1);

    private object? FailByTurns(Job job) => Handle(fails: _run % Runs < Runs - 1);

    private object? Handle(bool fails)
    {
        _run++;
        if (fails)
        {
            throw s_failure;
        }

        _returned++;
        return null;
    }
}
