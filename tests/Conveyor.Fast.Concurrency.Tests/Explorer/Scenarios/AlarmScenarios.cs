using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The alarm and its timer, with a source of the scenario's own. Who moves the time fires the timer.</summary>
internal static class AlarmScenarios
{
    public static readonly Scenario[] All =
    [
        Scenario.Short("two due times come at once", static play =>
        {
            Bench bench = new(play);
            play.Thread("one", () => bench.Add(9));
            play.Thread("other", () => bench.Add(5));
        }),

        Scenario.Short("a due time comes while the alarm rings", static play =>
        {
            Bench bench = new(play);
            bench.Add(5);
            play.Thread("clock", () => bench.Advance(7));
            play.Thread("writer", () => bench.Add(9));
        }),

        new("a due time comes as the clock passes it", static play =>
        {
            Bench bench = new(play);
            play.Thread("clock", () => bench.Advance(7));
            play.Thread("writer", () => bench.Add(5));
        }),

        new("the clock goes on while the alarm rings", static play =>
        {
            Bench bench = new(play);
            bench.Add(5);
            bench.Add(9);
            play.Thread("clock", () => bench.Advance(7));
            play.Thread("other", () => bench.Advance(2));
        }),

        Scenario.Short("the alarm is closed while it rings", static play =>
        {
            Bench bench = new(play);
            bench.Add(5);
            bench.Add(9);
            play.Thread("clock", () => bench.Advance(7));
            play.Thread("closes", bench.Close);
        }),
    ];

    private sealed class Bench : IDueSource
    {
        private readonly SteppedTime _time = new(DateTimeOffset.UnixEpoch);
        private readonly Alarm _alarm;
        private readonly Lock _lock = new();
        private readonly List<long> _due = [];
        private long _moved;
        private bool _isClosed;

        public Bench(Play play)
        {
            _alarm = new Alarm(new JobClock(_time));
            _alarm.Add(this);
            _alarm.UseTimer();
            play.Afterwards(AssertArmed);
        }

        public void Add(long due)
        {
            lock (_lock)
            {
                _due.Add(due);
            }

            _alarm.ArmFor(due);
        }

        public void Advance(long ticks)
        {
            _moved += ticks;
            _time.Advance(new TimeSpan(ticks));
        }

        public void Close()
        {
            _alarm.Dispose();
            _isClosed = true;
        }

        public long FallDue(long now)
        {
            lock (_lock)
            {
                _due.RemoveAll(due => due <= now);
                return _due.Count == 0 ? long.MaxValue : _due.Min();
            }
        }

        /// <summary>Somebody will ring. A timer is set from now on, so it is late by what the time goes on just before.</summary>
        private void AssertArmed()
        {
            Assert.True(
                _isClosed || _due.TrueForAll(due => _time.NextRing <= due + _moved),
                $"due at {string.Join(", ", _due)}, the time is {_time.GetTimestamp()}, and the timer rings at {_time.NextRing}");
        }
    }
}
