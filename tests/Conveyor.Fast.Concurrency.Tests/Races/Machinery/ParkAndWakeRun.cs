namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A loop finds nothing more and parks while a producer adds a job. Whoever of the two comes second must see the other:
/// either the loop takes the job, or it is woken.
/// </summary>
internal sealed class ParkAndWakeRun : PairRun
{
    private readonly JobStore _store = new(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.RemoveAtOnce } });
    private readonly JobQueue[] _queues;
    private readonly HostedLoop[] _loops;
    private readonly int[] _runs = new int[Batch];
    private readonly bool[] _ranAtOnce = new bool[Batch];

    public ParkAndWakeRun()
    {
        _queues = [.. Enumerable.Range(0, Batch).Select(i => _store.GetQueue($"queue {i}"))];
        _loops = [.. Enumerable.Range(0, Batch).Select(MakeLoop)];
    }

    public override void Dispose()
    {
        Assert.Equal(_store.Engine.Dispatcher.Runs.Rented, _store.Engine.Dispatcher.Runs.Returned);
        _store.Dispose();
    }

    /// <summary>Every other loop is woken by a job, the others past their place among the sleepers.</summary>
    public override void Prepare(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            _runs[trial] = 0;
            if ((trial + batch) % 2 == 0)
            {
                _queues[trial].Add("first");
            }
            else
            {
                _loops[trial].WakeAside();
            }
        }
    }

    public override void DoA(int trial)
    {
        _loops[trial].RunIfScheduled();
        _ranAtOnce[trial] = Volatile.Read(ref _runs[trial]) > 1;
    }

    public override void DoB(int trial) => _queues[trial].Add("second");

    public override int Look(int batch)
    {
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            bool wasWoken = _loops[trial].RunIfScheduled();
            int expected = (trial + batch) % 2 == 0 ? 2 : 1;
            Assert.True(
                _runs[trial] == expected && !_loops[trial].RunIfScheduled(),
                $"{_runs[trial]} of {expected} jobs have run, the loop was {(wasWoken ? "woken" : "not woken")}, {_queues[trial].GetJobCounts().Waiting} jobs wait");
            ahead += wasWoken ? 1 : -1;
        }

        return ahead;
    }

    private HostedLoop MakeLoop(int trial)
    {
        Worker worker = new(_store, _queues[trial].Name, _ => ++_runs[trial], new WorkerOptions
        {
            Mode = WorkerMode.Pumped, // Its own loops rest: nobody pumps.
            WaitStrategy = trial % 8 == 0 ? WaitStrategy.Default : WaitStrategy.Park,
        });
        HostedLoop loop = new(worker.Core);
        loop.Wake();
        loop.RunIfScheduled(); // It sleeps from here on.
        return loop;
    }
}
