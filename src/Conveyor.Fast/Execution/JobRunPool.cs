using System.Collections.Concurrent;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Execution;

/// <summary>
/// The runs of one store. A loop rents one while it works and returns it when it parks or ends; none is returned while a
/// handler holds it.
/// </summary>
internal sealed class JobRunPool(JobStore store, JobTable table) : ObjectPool<JobRun>
{
    private readonly ConcurrentQueue<JobRun> _free = new();
    private readonly Lock _growth = new();
    private readonly PublishedList<JobRun> _all = new();
    private long _rented;
    private long _returned;

    public long Rented => Atomic.Read(ref _rented);

    public long Returned => Atomic.Read(ref _returned);

    public override JobRun Get()
    {
        Atomic.Increment(ref _rented);
        if (_free.TryDequeue(out JobRun? run))
        {
            return run;
        }

        run = new JobRun(store, table);
        lock (_growth)
        {
            _all.Add(run);
        }

        return run;
    }

    public override void Return(JobRun obj)
    {
        obj.Events = null;
        Atomic.Increment(ref _returned);
        _free.Enqueue(obj);
    }

    /// <summary>The object that runs a job under that number; null if that run is over. HB-3: asked after the word was seen Active under it.</summary>
    public JobRun? Find(long run)
    {
        foreach (JobRun candidate in _all.All)
        {
            if (candidate.Run == run)
            {
                return candidate;
            }
        }

        return null;
    }
}
