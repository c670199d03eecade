using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// What a waiting job holds: the growth of the process while a new store takes in 1,000,000 jobs, divided by them.
/// Counted is the larger of the managed heap's growth and the resident memory's, so that memory taken from outside the
/// heap is in it. Each run has a store of its own, and all are kept to the end, since what one gives back the next could
/// take unseen.
/// <code>
///     P1 -> queue, 1,000,000 waiting
/// </code>
/// </summary>
internal sealed class WaitingMemory : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";

    private readonly List<JobStore> _stores = [];
    private long _heapBefore;
    private long _residentBefore;

    public override int Jobs => 1_000_000;

    public override bool Timed => false;

    private JobQueue Current => _stores[^1].GetQueue(Queue);

    public override void Prepare()
    {
        _stores.Add(new JobStore());
        (_heapBefore, _residentBefore) = ReadMemory();
    }

    public override void Run()
    {
        JobQueue queue = Current;
        for (int i = 0; i < Jobs; i++)
        {
            queue.Add(Name);
        }
    }

    public override double BytesPerJob(long allocatedBytes)
    {
        (long heap, long resident) = ReadMemory();
        return (double)Math.Max(heap - _heapBefore, resident - _residentBefore) / Jobs;
    }

    public override void Check() => Expect("jobs waiting", Jobs, Current.GetJobCounts().Waiting);

    public override void Dispose()
    {
        foreach (JobStore store in _stores)
        {
            store.Dispose();
        }

        base.Dispose();
    }

    // The aggressive collection gives back what was freed, so that the resident memory is what is in use.
    private static (long Heap, long Resident) ReadMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
