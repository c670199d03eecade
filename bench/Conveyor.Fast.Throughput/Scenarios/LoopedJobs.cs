using Conveyor.Fast.Throughput.Baselines;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Single jobs from one producer to one worker loop, with the default mode and wait strategy. The producer never waits,
/// so a backlog builds up; then it blocks until the store says that it is idle.
/// <code>
///     P1 -> queue -> W1
/// </code>
/// </summary>
internal sealed class LoopedJobs : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly OrderProbe _order = new();
    private long _ranBefore;

    public LoopedJobs()
    {
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle);
    }

    public override int Jobs => ChannelPair.ItemsPerPass * ChannelPair.Passes;

    public override bool OneThread => false;

    public override void Prepare() => _ranBefore = _order.JobsRun;

    public override void Run()
    {
        for (int pass = 0; pass < ChannelPair.Passes; pass++)
        {
            for (int i = 0; i < ChannelPair.ItemsPerPass; i++)
            {
                _order.Added(_queue.Add(Name));
            }

            IdleStore.Await(_store);
        }
    }

    public override void Check()
    {
        Expect("jobs run", Jobs, _order.JobsRun - _ranBefore);
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
