using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Adds beside 1,000,000 delayed jobs of which none falls due: each is delayed too and canceled at once, or each is plain
/// and stays until the clock is off.
/// <code>
///     P1 -> queue with a delay -> Cancel      or      P1 -> queue
/// </code>
/// </summary>
internal sealed class DelayedAdds : Workload
{
    private const string Queue = "jobs";
    private const string Name = "job";
    private const int Standing = 1_000_000;
    private const int JobsPerRun = 200_000;

    // Due times spread over an hour, a day away: no two runs put a job into the same place.
    private static readonly TimeSpan s_away = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_over = TimeSpan.FromHours(1);

    private readonly JobStore _store = new();
    private readonly JobQueue _queue;
    private readonly Worker _worker;
    private readonly Random _random = new(1);
    private readonly TimeSpan[] _delays = new TimeSpan[JobsPerRun];
    private readonly bool _isDelayed;
    private int _canceled;
    private int _ran;

    public DelayedAdds(bool isDelayed)
    {
        _isDelayed = isDelayed;
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
        for (int i = 0; i < Standing; i++)
        {
            _queue.AddDelayed(Name, i, DrawDelay());
        }
    }

    public override int Jobs => JobsPerRun;

    public override void Prepare()
    {
        _canceled = _ran = 0;
        for (int i = 0; i < _delays.Length; i++)
        {
            _delays[i] = DrawDelay();
        }
    }

    public override void Run()
    {
        if (_isDelayed)
        {
            foreach (TimeSpan delay in _delays)
            {
                _canceled += _queue.Add(new JobRequest<int>(Name, 0) { Delay = delay }).Cancel() ? 1 : 0;
            }
        }
        else
        {
            for (int i = 0; i < Jobs; i++)
            {
                _queue.Add(new JobRequest<int>(Name, 0));
            }
        }
    }

    public override void Check()
    {
        _store.Pump();
        Expect("jobs canceled", _isDelayed ? Jobs : 0, _canceled);
        Expect("jobs run", _isDelayed ? 0 : Jobs, _ran);
        Expect("jobs delayed", Standing, _queue.GetJobCounts().Delayed);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private TimeSpan DrawDelay() => s_away + s_over * _random.NextDouble();

    private object? Handle(Job job)
    {
        _ran++;
        return null;
    }
}
