using System.Diagnostics;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// What a store with a worker loop and 1,000,000 delayed jobs, none of them due, costs while nothing happens: the
/// processor time of the whole process in ten seconds.
/// </summary>
internal sealed class IdleDelays : Workload
{
    private const string Queue = "jobs";
    private const int Standing = 1_000_000;
    private static readonly TimeSpan s_away = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(2); // What the runtime does after much work.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private TimeSpan _used;

    public IdleDelays()
    {
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, static _ => null);
        for (int i = 0; i < Standing; i++)
        {
            _queue.AddDelayed("job", i, s_away);
        }
    }

    public override int Jobs => 1;

    public override bool WarmsUp => false;

    public override int FewestRounds => 1;

    public override void Run()
    {
        Thread.Sleep(s_settling);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        Thread.Sleep(s_idle);
        _used = Process.GetCurrentProcess().TotalProcessorTime - before;
    }

    public override void Check() => Expect("jobs delayed", Standing, _queue.GetJobCounts().Delayed);

    public override double NanosecondsPerJob(TimeSpan elapsed) => _used.TotalNanoseconds;

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }
}
