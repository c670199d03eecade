using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Admission.Schedules;

/// <summary>The date jumps, while timestamps and timers go their way.</summary>
public class ClockSetByHandTests
{
    private readonly DatedTime _time = new();
    private readonly JobStore _store;
    private readonly List<TimeSpan> _starts = [];

    public ClockSetByHandTests()
    {
        _store = new JobStore(new JobStoreOptions { TimeProvider = _time, RandomSeed = 1 });
        _ = new Worker(_store, "q", (Func<Job, object?>)(_ =>
        {
            _starts.Add(_time.GetUtcNow() - ScheduleScene.Begin);
            return null;
        }), new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    [Fact]
    public void Cron_ClockIsSetBackWhileAnOccurrenceWaits_WaitsForTheDate()
    {
        Add(new RepeatOptions { Cron = "0 * * * *" });
        Pass(TimeSpan.FromMinutes(50));
        _time.Shift = TimeSpan.FromMinutes(-20);
        Pass(TimeSpan.FromMinutes(10)); // The delay is over; the clock says 00:40.
        Assert.Empty(_starts);
        Assert.Equal(TimeSpan.FromMinutes(20), Pass(TimeSpan.Zero).NextDue);
        Pass(TimeSpan.FromMinutes(20));
        Assert.Equal([TimeSpan.FromHours(1)], _starts);
    }

    [Fact]
    public void Cron_ClockIsSetForward_IsFollowedFromTheNextOccurrenceOn()
    {
        Add(new RepeatOptions { Cron = "0 * * * *" });
        _time.Shift = TimeSpan.FromHours(5.5);
        Pass(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromMinutes(30));
        Assert.Equal([TimeSpan.FromHours(6.5), TimeSpan.FromHours(7)], _starts);
    }

    [Fact]
    public void Interval_ClockIsSet_KeepsItsSlots()
    {
        Add(new RepeatOptions { Every = TimeSpan.FromMinutes(10) });
        Pass(TimeSpan.FromMinutes(4));
        _time.Shift = TimeSpan.FromHours(-3);
        Pass(TimeSpan.FromMinutes(6));
        Pass(TimeSpan.FromMinutes(10));
        Assert.Equal([TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10 - 180), TimeSpan.FromMinutes(20 - 180)], _starts);
    }

    [Fact]
    public void Interval_ClockIsSetBackBeforeTheStart_WaitsForTheDate()
    {
        Add(new RepeatOptions { Every = TimeSpan.FromMinutes(10), Start = ScheduleScene.At(60) });
        _time.Shift = TimeSpan.FromMinutes(-5);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(_starts);
        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal([TimeSpan.FromMinutes(1)], _starts);
    }

    private void Add(RepeatOptions repeat) => _store.GetQueue("q").AddSchedule("s", repeat, "job", 1);

    private PumpResult Pass(TimeSpan time)
    {
        _time.Advance(time);
        return _store.Pump();
    }

    private sealed class DatedTime : FakeTimeProvider
    {
        public DatedTime()
            : base(ScheduleScene.Begin)
        {
        }

        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
