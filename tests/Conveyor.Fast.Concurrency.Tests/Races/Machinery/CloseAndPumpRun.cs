namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A worker is closed while its loop takes. A job that waits when the close has returned goes on waiting; one that was
/// started has run to its end, once.
/// </summary>
internal sealed class CloseAndPumpRun : PairRun
{
    private readonly JobStore[] _stores = [.. Enumerable.Range(0, Batch).Select(static _ => new JobStore(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll } }))];
    private readonly Worker[] _workers = new Worker[Batch];
    private readonly JobHandle[] _jobs = new JobHandle[Batch];
    private readonly int[] _runs = new int[Batch];
    private readonly JobState[] _afterClose = new JobState[Batch];

    public override void Dispose()
    {
        foreach (JobStore store in _stores)
        {
            store.Dispose();
        }
    }

    public override void Prepare(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            int place = trial;
            _runs[trial] = 0;
            _jobs[trial] = _stores[trial].GetQueue("races").Add("job");
            _workers[trial] = new Worker(_stores[trial], "races", _ => ++_runs[place], new WorkerOptions { Mode = WorkerMode.Pumped });
        }
    }

    public override void DoA(int trial)
    {
        _workers[trial].Dispose();
        _afterClose[trial] = _jobs[trial].State;
    }

    public override void DoB(int trial) => _stores[trial].Pump();

    public override int Look(int batch)
    {
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            JobState state = _jobs[trial].State;
            Assert.True(
                (state == JobState.Completed && _runs[trial] == 1 && _afterClose[trial] != JobState.Waiting) || (state == JobState.Waiting && _runs[trial] == 0),
                $"after the close the job was {_afterClose[trial]}, in the end {state}; it ran {_runs[trial]} times");
            ahead += _runs[trial] == 0 ? 1 : -1;
            Assert.True(state == JobState.Completed || _stores[trial].Engine.Queues.Use("races").Ready.Ready.Reader.TryRead(out _), $"the job waits and has no ticket");
            _jobs[trial].Remove();
        }

        return ahead;
    }
}
