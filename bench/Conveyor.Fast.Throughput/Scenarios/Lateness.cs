using System.Diagnostics;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// How late due jobs start by the system's clock, on a worker loop of the thread pool, while 100,000 others are delayed:
/// the wanted part of all in a run. Due times lie a while apart, so no job waits for the one before.
/// <code>
///     due time ... handler starts      (1,000 times in half a second)
/// </code>
/// </summary>
internal sealed class Lateness : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";
    private const int Standing = 100_000;
    private static readonly TimeSpan s_apart = TimeSpan.FromMicroseconds(500);
    private static readonly TimeSpan s_away = TimeSpan.FromDays(1);

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly ManualResetEventSlim _done = new();
    private readonly double _part;
    private readonly double[] _late;
    private int _ran;

    /// <param name="part">0.5 for the median, and so on.</param>
    public Lateness(double part)
    {
        _part = part;
        _late = new double[Jobs];
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle);
        for (int i = 0; i < Standing; i++)
        {
            _queue.AddDelayed(Name, 0L, s_away);
        }
    }

    public override int Jobs => 1_000;

    public override bool OneThread => false;

    public override void Prepare()
    {
        _ran = 0;
        _done.Reset();
    }

    public override void Run()
    {
        for (int i = 1; i <= Jobs; i++)
        {
            TimeSpan delay = s_apart * i;
            _queue.AddDelayed(Name, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), delay);
        }

        _done.Wait(s_limit);
    }

    public override void Check()
    {
        Expect("jobs run", Jobs, _ran);
        Expect("jobs before their time", 0, _late.Count(static late => late < 0));
    }

    public override double NanosecondsPerJob(TimeSpan elapsed) => Statistics.Quantile([.. _late.Order()], _part);

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        _done.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        _late[_ran] = Stopwatch.GetElapsedTime(job.GetData<long>()).TotalNanoseconds;
        if (++_ran == Jobs)
        {
            _done.Set();
        }

        return null;
    }
}
