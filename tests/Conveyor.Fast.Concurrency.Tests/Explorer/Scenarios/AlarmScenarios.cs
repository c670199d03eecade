using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The alarm, with a source and a timer of the scenario's own.</summary>
internal static class AlarmScenarios
{
    public static readonly Scenario[] All =
    [
        new("two due times come at once", static play =>
        {
            Bench bench = new();
            play.Thread("one", () => bench.Add(9));
            play.Thread("other", () => bench.Add(5));
            play.Afterwards(bench.AssertArmed);
        }),

        new("a due time comes while the alarm rings", static play =>
        {
            Bench bench = new();
            bench.Add(5);
            bench.Now = 7;
            play.Thread("clock", bench.Alarm.Ring);
            play.Thread("writer", () => bench.Add(9));
            play.Afterwards(bench.AssertArmed);
        }),

        new("the clock goes on while the alarm rings", static play =>
        {
            Bench bench = new();
            bench.Add(5);
            bench.Add(9);
            bench.Now = 7;
            play.Thread("clock", bench.Alarm.Ring);
            play.Thread("other", () =>
            {
                bench.Now = 9;
                bench.Alarm.Ring();
            });
            play.Afterwards(() => Assert.False(bench.IsAnyDue, "what is due was left, and nobody rings"));
        }),
    ];

    private sealed class Bench : TimeProvider, IDueSource, ITimer
    {
        private readonly Lock _lock = new();
        private readonly List<long> _due = [];
        private long _setTo = Timeout.InfiniteTimeSpan.Ticks;

        public Bench()
        {
            Alarm = new Alarm(new JobClock(this));
            Alarm.Add(this);
            Alarm.UseTimer();
        }

        public Alarm Alarm { get; }

        public long Now { get; set; }

        public bool IsAnyDue => _due.Exists(due => due <= Now);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => this;

        public void Add(long due)
        {
            lock (_lock)
            {
                _due.Add(due);
            }

            Alarm.ArmFor(due);
        }

        public long FallDue(long now)
        {
            lock (_lock)
            {
                _due.RemoveAll(due => due <= now);
                return _due.Count == 0 ? long.MaxValue : _due.Min();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Atomic.Write(ref _setTo, dueTime.Ticks); // A step of its own.
            return true;
        }

        public void AssertArmed()
        {
            Assert.True(_due.Count == 0 || (_setTo >= 0 && Now + _setTo <= _due.Min()), $"due at {string.Join(", ", _due)}, and the timer is set to {_setTo}");
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
