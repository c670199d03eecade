using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission.Schedules;

/// <summary>A pumped store with one queue whose worker notes when each job starts, in seconds since the beginning.</summary>
internal sealed class ScheduleScene : IDisposable
{
    public static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PumpedStore _test = new();

    public ScheduleScene(Func<Job, object?>? handler = null, int concurrency = 1) => _test.Work("q", job =>
    {
        Starts.Add((_test.Time.GetUtcNow() - Begin).TotalSeconds);
        Numbers.Add(job.OccurrenceNumber);
        return handler?.Invoke(job);
    }, concurrency);

    public List<double> Starts { get; } = [];

    public List<long?> Numbers { get; } = [];

    public List<string> Ran => _test.Ran;

    public JobStore Store => _test.Store;

    public JobQueue Queue => _test.Queue("q");

    public DateTimeOffset Now => _test.Time.GetUtcNow();

    public static RepeatOptions EveryTen { get; } = new() { Every = TimeSpan.FromSeconds(10) };

    public static DateTimeOffset At(double seconds) => Begin.AddSeconds(seconds);

    public JobSchedule Add(RepeatOptions repeat, string id = "s", JobOptions? options = null) => Queue.AddSchedule(id, repeat, "job", 7, options);

    /// <summary>Lets so much time pass with the store's work done.</summary>
    public PumpResult Pass(double seconds)
    {
        _test.Time.Advance(TimeSpan.FromSeconds(seconds));
        return _test.Pump();
    }

    /// <summary>Runs what is due now and then, jumping from one due time to the next, until the given second.</summary>
    public void RunUntil(double seconds)
    {
        while (_test.Pump().NextDue is { } due && (Now + due - Begin).TotalSeconds <= seconds)
        {
            _test.Time.Advance(due);
        }

        double left = seconds - (Now - Begin).TotalSeconds;
        if (left > 0)
        {
            Pass(left);
        }
    }

    /// <summary>Time that passes inside a handler.</summary>
    public void Spend(double seconds) => _test.Time.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => _test.Dispose();
}
