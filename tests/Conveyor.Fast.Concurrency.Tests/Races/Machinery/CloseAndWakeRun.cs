namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A worker with loops on the thread pool is closed while they park and while a job is added, which wakes one. The job
/// runs once or waits with its ticket; every close ends.
/// </summary>
internal sealed class CloseAndWakeRun : PairRun
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly JobStore _store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll } });
    private readonly JobQueue[] _queues;
    private readonly Worker[] _workers = new Worker[Batch];
    private readonly Task[] _closes = new Task[Batch];
    private readonly JobHandle[] _jobs = new JobHandle[Batch];
    private readonly int[] _runs = new int[Batch];

    public CloseAndWakeRun() => _queues = [.. Enumerable.Range(0, Batch).Select(i => _store.GetQueue($"queue {i}"))];

    public override void Dispose()
    {
        Assert.Equal(_store.Engine.Dispatcher.Runs.Rented, _store.Engine.Dispatcher.Runs.Returned);
        _store.Dispose();
    }

    public override void Prepare(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            int place = trial;
            _runs[trial] = 0;
            _workers[trial] = new Worker(_store, _queues[trial].Name, _ => Interlocked.Increment(ref _runs[place]), new WorkerOptions { WaitStrategy = WaitStrategy.Park });
        }
    }

    public override void DoA(int trial) => _closes[trial] = _workers[trial].CloseAsync(Timeout.InfiniteTimeSpan);

    public override void DoB(int trial) => _jobs[trial] = _queues[trial].Add("job");

    public override int Look(int batch)
    {
        Assert.True(Task.WaitAll(_closes, s_limit), $"{_closes.Count(static close => !close.IsCompleted)} workers have not closed");
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            JobState state = _jobs[trial].State;
            bool isWaiting = state == JobState.Waiting && _runs[trial] == 0 && _store.Engine.Queues.Use(_queues[trial].Name).Ready.Ready.Reader.TryRead(out _);
            Assert.True(isWaiting || (state == JobState.Completed && _runs[trial] == 1), $"the job is {state} and ran {_runs[trial]} times");
            ahead += isWaiting ? 1 : -1;
            _jobs[trial].Remove();
        }

        return ahead;
    }
}
