using System.Diagnostics;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>By the real clock: what is asserted is that nothing comes too early, twice or never.</summary>
public sealed class AlarmTimerTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly AlarmTimer _timer;
    private readonly SemaphoreSlim _rung = new(0);
    private long _rangAt;
    private Thread? _thread;

    public AlarmTimerTests() => _timer = new AlarmTimer(new JobClock(TimeProvider.System), Ring);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _timer.Dispose();
        _rung.Dispose();
    }

    [Fact]
    public void Change_ToATime_RingsOnceAndNotBefore()
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(20);
        long begun = Stopwatch.GetTimestamp();
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
        Assert.True(_rung.Wait(s_limit, TestToken));
        Assert.True(Stopwatch.GetElapsedTime(begun, _rangAt) >= delay);
        Assert.True(_thread!.Join(s_limit), "the thread goes on although nothing is to come");
        Assert.Equal(0, _rung.CurrentCount);
    }

    [Fact]
    public void Change_ToAnEarlierTime_RingsThen()
    {
        _timer.Change(TimeSpan.FromDays(300), Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(_rung.Wait(s_limit, TestToken));
    }

    [Fact]
    public void Change_AfterTheThreadHasEnded_StartsAnother()
    {
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(_rung.Wait(s_limit, TestToken));
        Assert.True(_thread!.Join(s_limit));
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(_rung.Wait(s_limit, TestToken));
    }

    [Fact]
    [Trait("Behaviour", "CLS-07")]
    public void Dispose_WithATimeSet_EndsTheThreadAndRingsNoMore()
    {
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.True(_rung.Wait(s_limit, TestToken));
        _timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        _timer.Dispose();
        Assert.True(_thread!.Join(s_limit), "the thread goes on");
        Assert.False(_timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, _rung.CurrentCount);
    }

    private void Ring()
    {
        _rangAt = Stopwatch.GetTimestamp();
        _thread = Thread.CurrentThread;
        _rung.Release();
    }
}
