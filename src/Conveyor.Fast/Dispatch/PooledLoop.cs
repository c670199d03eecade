namespace Conveyor.Fast.Dispatch;

/// <summary>A loop on the thread pool; parked it holds no thread.</summary>
internal sealed class PooledLoop(WorkerCore worker) : WorkerLoop(worker), IThreadPoolWorkItem
{
    public void Execute() => Enter();

    protected override void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
