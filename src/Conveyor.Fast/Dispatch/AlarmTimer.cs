using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// The alarm's timer where the store's clock is the system's: a thread that sleeps. The runtime's own timers go by a clock
/// that moves every 4 to 16 ms and are late by up to two of its steps; a sleeper is late by about one millisecond. The thread
/// is there while something is to come, and ends when nothing was for a while.
/// </summary>
internal sealed class AlarmTimer(JobClock clock, Action ring) : ITimer
{
    private const long Never = long.MaxValue;
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(1);
    private readonly object _gate = new(); // No Lock: the thread waits on it.
    private Thread? _thread;
    private long _due = Never;
    private bool _closed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _due = dueTime == Timeout.InfiniteTimeSpan ? Never : clock.DueAfter(dueTime);
            if (_thread is not null)
            {
                Monitor.Pulse(_gate);
            }
            else if (_due != Never)
            {
                Thread thread = new(Run) { IsBackground = true, Name = "Conveyor.Fast alarm" };
                thread.UnsafeStart(); // May fail; then the next change tries again. The thread waits for the gate.
                _thread = thread;
            }
        }

        return true;
    }

    /// <summary>Does not wait for a ring that is under way.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (TrySleep())
        {
            ring();
        }
    }

    /// <summary>False if the thread is to end.</summary>
    private bool TrySleep()
    {
        lock (_gate)
        {
            while (!_closed)
            {
                TimeSpan left = _due == Never ? s_linger : clock.FromTimestamps(_due - clock.Timestamp());
                if (left <= TimeSpan.Zero)
                {
                    _due = Never;
                    return true;
                }

                left = left < s_longestSleep ? left : s_longestSleep;
                if (!Monitor.Wait(_gate, (int)Math.Ceiling(left.TotalMilliseconds)) && _due == Never)
                {
                    break;
                }
            }

            _thread = null;
            return false;
        }
    }
}
