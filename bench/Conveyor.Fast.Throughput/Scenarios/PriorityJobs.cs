using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// 100,000 jobs are added, each with a priority of its own and in random order, or all with one priority; then all are
/// pumped.
/// <code>
///     P1 -> queue, 100,000 priorities or one -> Pump      (one thread)
/// </code>
/// Each job carries its place in the right order, on both sides of the comparison.
/// </summary>
internal sealed class PriorityJobs : Workload
{
    private const int Waiting = 100_000;
    private const int OnlyPriority = 7;
    private const string Queue = "jobs";

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly int[] _places = [.. Enumerable.Range(0, Waiting)];
    private readonly bool _different;
    private int _ran;
    private int _outOfOrder;

    public PriorityJobs(bool different)
    {
        _different = different;
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
        if (different)
        {
            new Random(20).Shuffle(_places);
        }
    }

    public override int Jobs => Waiting;

    public override void Prepare() => _ran = _outOfOrder = 0;

    public override void Run()
    {
        foreach (int place in _places)
        {
            _queue.Add(new JobRequest<int>("job", place) { Priority = _different ? place : OnlyPriority });
        }

        _store.Pump();
    }

    public override void Check()
    {
        Expect("jobs run", Waiting, _ran);
        Expect("jobs out of order", 0, _outOfOrder);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        _outOfOrder += job.GetData<int>() == _ran ? 0 : 1;
        _ran++;
        return null;
    }
}
