using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// A schedule under a clock of its own, whose jobs take a part of their interval, now more, now less. The figure is no
/// cost: it is how far the start of any job lay from its slot, counted from the first, in virtual time.
/// <code>
///     clock to the next due time -> Pump: one job, which moves the clock on -> the next one is added
/// </code>
/// </summary>
internal sealed class VirtualSchedule : Workload
{
    private const string Queue = "schedule";
    private const int Parts = 10;

    // No multiple of a millisecond, so that a rounded timer would show.
    private static readonly TimeSpan s_every = TimeSpan.FromTicks(12_345_679);

    private readonly VirtualTime _time = new();
    private readonly JobStore _store;
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private DateTimeOffset _first;
    private TimeSpan _drift;
    private int _ran;

    public VirtualSchedule()
    {
        _store = new JobStore(new JobStoreOptions { TimeProvider = _time });
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    public override int Jobs => 10_000;

    public override void Prepare()
    {
        _first = _time.GetUtcNow();
        _drift = TimeSpan.Zero;
        _ran = 0;
        _queue.AddSchedule("schedule", new RepeatOptions { Every = s_every, Limit = Jobs }, "job", 0);
    }

    public override void Run()
    {
        while (_store.Pump().NextDue is { } due)
        {
            _time.Advance(due);
        }
    }

    public override void Check() => Expect("jobs run", Jobs, _ran);

    public override double NanosecondsPerJob(TimeSpan elapsed) => _drift.TotalNanoseconds;

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        TimeSpan off = (_time.GetUtcNow() - (_first + s_every * _ran)).Duration();
        _drift = off > _drift ? off : _drift;
        _time.Advance(s_every * (_ran % Parts) / Parts);
        _ran++;
        return null;
    }
}
