using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Dispatch;

public sealed class AlarmTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly JobClock _clock;
    private readonly Alarm _alarm;
    private readonly Source _source;

    public AlarmTests()
    {
        _clock = new JobClock(_time);
        _alarm = new Alarm(_clock);
        _source = new Source();
        _alarm.Add(_source);
    }

    public void Dispose() => _alarm.Dispose();

    [Fact]
    public void ArmFor_WithoutATimer_WaitsUntilThereIsOne()
    {
        Add(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _source.Asked);
        _alarm.UseTimer();
        Assert.Empty(_source.Due);
    }

    [Fact]
    public void ArmFor_AFractionOfAMillisecond_RingsExactlyThen()
    {
        _alarm.UseTimer();
        Add(TimeSpan.FromTicks(7));
        _time.Advance(TimeSpan.FromTicks(6));
        Assert.Single(_source.Due);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Empty(_source.Due);
    }

    [Fact]
    public void ArmFor_SeveralTimes_RingsOnlyAtThem()
    {
        _alarm.UseTimer();
        int before = _source.Asked;
        foreach (int seconds in (int[])[5, 3, 9, 3])
        {
            Add(TimeSpan.FromSeconds(seconds));
        }

        for (int tenth = 0; tenth < 200; tenth++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(3, _source.Asked - before);
        Assert.Empty(_source.Due);
    }

    [Fact]
    public void ArmFor_WhatIsOverdue_RingsAtOnce()
    {
        _alarm.UseTimer();
        _time.Advance(TimeSpan.FromSeconds(1));
        Add(TimeSpan.FromSeconds(-1));
        Assert.Empty(_source.Due);
        Add(TimeSpan.Zero);
        Assert.Empty(_source.Due);
    }

    [Fact]
    public void ArmFor_BeyondWhatATimerTakes_RingsAtItsTime()
    {
        _alarm.UseTimer();
        Add(TimeSpan.FromDays(120));
        _time.Advance(TimeSpan.FromDays(119));
        Assert.Single(_source.Due);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_source.Due);
    }

    [Fact]
    public void Ring_FromInside_IsDoneByTheOneFurtherUp()
    {
        _alarm.UseTimer();
        int depth = 0;
        int deepest = 0;
        _source.Told = () =>
        {
            deepest = Math.Max(deepest, ++depth);
            Add(TimeSpan.FromSeconds(1));
            if (_source.Done < 5)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            depth--;
        };
        Add(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((5, 1), (_source.Done, deepest));
    }

    [Fact]
    public void Ring_AfterTheEnd_AsksNobody()
    {
        _alarm.UseTimer();
        Add(TimeSpan.FromSeconds(1));
        int before = _source.Asked;
        _alarm.Dispose();
        _alarm.UseTimer();
        _time.Advance(TimeSpan.FromSeconds(2));
        _alarm.Ring();
        Assert.Equal(before, _source.Asked);
    }

    private void Add(TimeSpan delay)
    {
        long due = _clock.Timestamp() + _clock.ToTimestamps(delay);
        _source.Due.Add(due);
        _alarm.ArmFor(due);
    }

    private sealed class Source : IDueSource
    {
        public List<long> Due { get; } = [];

        public int Asked { get; private set; }

        public int Done { get; private set; }

        public Action Told { get; set; } = static () => { };

        public long FallDue(long now)
        {
            Asked++;
            for (int due = Due.RemoveAll(time => time <= now); due > 0; due--)
            {
                Done++;
                Told();
            }

            return Due.Count == 0 ? long.MaxValue : Due.Min();
        }
    }
}
