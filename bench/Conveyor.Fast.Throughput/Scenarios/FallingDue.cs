using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// 1,000,000 jobs run on one thread: they fall due over ten virtual seconds, at times drawn evenly, the clock going on a
/// millisecond at a time; or all wait from the beginning, and as many are pumped at a time. They are added before the
/// clock starts, and must run in the order of their due times.
/// <code>
///     clock 1 ms on -> Pump: what is due      (10,000 times)      or      100 waiting -> Pump
/// </code>
/// </summary>
internal sealed class FallingDue : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";
    private static readonly TimeSpan s_over = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    private readonly VirtualTime _time = new();
    private readonly JobStore _store;
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly Random _random = new(1);
    private readonly bool _isDelayed;
    private long _last;
    private int _outOfOrder;
    private int _ran;

    public FallingDue(bool isDelayed)
    {
        _isDelayed = isDelayed;
        _store = new JobStore(new JobStoreOptions { TimeProvider = _time });
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    public override int Jobs => 1_000_000;

    public override void Prepare()
    {
        _last = long.MinValue;
        _outOfOrder = _ran = 0;
        for (int i = 0; i < Jobs; i++)
        {
            TimeSpan delay = TimeSpan.FromTicks(_random.NextInt64(1, s_over.Ticks + 1));
            long order = _isDelayed ? delay.Ticks : i;
            _queue.Add(new JobRequest<long>(Name, order) { Delay = _isDelayed ? delay : null });
        }
    }

    public override void Run()
    {
        for (TimeSpan gone = TimeSpan.Zero; gone < s_over; gone += s_step)
        {
            _time.Advance(s_step);
            _ = _isDelayed ? _store.Pump() : _store.Pump((int)(Jobs * s_step.Ticks / s_over.Ticks));
        }
    }

    public override void Check()
    {
        Expect("jobs run", Jobs, _ran);
        Expect("jobs out of order", 0, _outOfOrder);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        long order = job.GetData<long>();
        _outOfOrder += order >= _last ? 0 : 1;
        _last = order;
        _ran++;
        return null;
    }
}
