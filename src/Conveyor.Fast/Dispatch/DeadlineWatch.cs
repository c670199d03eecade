using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Ends runs whose time is over. A loop only writes its run's deadline down; whoever rings the alarm looks at all loops when
/// the earliest deadline known has come, and ends what is over in order of due time. So a job with a time limit costs no
/// timer, and one that ends in time asks for nothing.
/// </summary>
internal sealed class DeadlineWatch(Dispatcher dispatcher) : IDueSource
{
    private readonly Lock _lock = new();
    private readonly List<OverdueRun> _overdue = [];
    private readonly List<OverRun> _over = []; // Of the look under way; one thread looks at a time.
    private WorkerCore[] _workers = [];
    private long _nextLook = long.MaxValue;

    /// <summary>When it wants to look again, or <see cref="long.MaxValue"/>.</summary>
    public long NextLook => Atomic.Read(ref _nextLook);

    /// <summary>How long until it wants to look again; null if it knows of no deadline.</summary>
    public TimeSpan? UntilNextLook()
    {
        JobClock clock = dispatcher.Table.Clock;
        long next = NextLook;
        return next == long.MaxValue ? null : clock.FromTimestamps(Math.Max(0, next - clock.Timestamp()));
    }

    public void Add(WorkerCore worker)
    {
        lock (_lock)
        {
            Atomic.Write(ref _workers, [.. _workers, worker]);
        }
    }

    public void Remove(WorkerCore worker)
    {
        lock (_lock)
        {
            Atomic.Write(ref _workers, [.. _workers.Where(other => other != worker)]);
            _overdue.RemoveAll(run => run.Loop.Worker == worker);
        }
    }

    /// <summary>HB-16: the loop writes its deadline, then reads when the next look is; a look takes that time back, fences the process, reads the deadlines.</summary>
    public void LookAt(long deadline)
    {
        long next = Atomic.Read(ref _nextLook);
        while (deadline < next)
        {
            long before = Atomic.CompareExchange(ref _nextLook, deadline, next);
            if (before == next)
            {
                dispatcher.Alarm.ArmFor(deadline);
                return;
            }

            next = before;
        }
    }

    public long FallDue(long now)
    {
        long due = NextLook;
        if (due > now)
        {
            return due;
        }

        Atomic.Exchange(ref _nextLook, long.MaxValue);
        Atomic.ProcessWideBarrier();
        long next = Math.Min(CollectOver(now), CollectAbandoned(now));
        _over.Sort(static (one, other) => one.Due.CompareTo(other.Due));
        for (int i = 0; i < _over.Count; i++)
        {
            next = Math.Min(next, End(_over[i], now));
        }

        _over.Clear();
        LookAt(next);
        return NextLook;
    }

    /// <summary>Collects the runs whose time is over; says when the next one's will be.</summary>
    private long CollectOver(long now)
    {
        long next = long.MaxValue;
        foreach (WorkerCore worker in Atomic.Read(ref _workers))
        {
            foreach (WorkerLoop loop in worker.Loops)
            {
                long deadline = loop.Deadline;
                if (deadline > now)
                {
                    next = Math.Min(next, deadline);
                }
                else if (deadline != 0)
                {
                    _over.Add(new OverRun(deadline, loop, null));
                }
            }
        }

        return next;
    }

    /// <summary>Collects those of them that have had the time to return; says when the next one will have had it.</summary>
    private long CollectAbandoned(long now)
    {
        long next = long.MaxValue;
        lock (_lock)
        {
            for (int i = 0; i < _overdue.Count;)
            {
                OverdueRun run = _overdue[i];
                if (run.Run.Run == run.Number && run.AbandonAt > now)
                {
                    next = Math.Min(next, run.AbandonAt);
                    i++;
                    continue;
                }

                _overdue.RemoveAt(i);
                _over.Add(new OverRun(run.AbandonAt, run.Loop, run));
            }
        }

        return next;
    }

    /// <summary>Ends a run if it is still the one that was collected. With an attempt left it gets time to return; says until when.</summary>
    private long End(OverRun over, long now)
    {
        if (over.Abandoned is { } abandoned)
        {
            dispatcher.Reclaimer.TimeOut(abandoned.Run, abandoned.Number, forGood: true);
            return long.MaxValue;
        }

        // Read in this order, a number that goes with the deadline is the run's own or a later one's, whose deadline differs.
        WorkerLoop loop = over.Loop;
        if (!loop.TryGetRun(out JobRun? run, out long number) || loop.Deadline != over.Due
            || dispatcher.Reclaimer.TimeOut(run, number, forGood: false) != TakenFate.Overdue
            || loop.Worker.Options.AbandonAfter == Timeout.InfiniteTimeSpan)
        {
            return long.MaxValue;
        }

        OverdueRun overdue = new(loop, run, number, dispatcher.Table.Clock.DueAfter(loop.Worker.Options.AbandonAfter));
        if (overdue.AbandonAt <= now)
        {
            _over.Add(new OverRun(overdue.AbandonAt, loop, overdue)); // Its time to return is over at once, after all the others'.
            return long.MaxValue;
        }

        lock (_lock)
        {
            _overdue.Add(overdue);
        }

        return overdue.AbandonAt;
    }

    private readonly record struct OverRun(long Due, WorkerLoop Loop, OverdueRun? Abandoned);

    private readonly record struct OverdueRun(WorkerLoop Loop, JobRun Run, long Number, long AbandonAt);
}
