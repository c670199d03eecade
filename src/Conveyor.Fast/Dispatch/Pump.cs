using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Runs pumped workers on the caller's thread: due jobs first, then the workers in order of creation, each at most what
/// was ready when its turn came, round after round until nothing is ready or the limit is reached.
/// </summary>
internal sealed class Pump(Dispatcher dispatcher, TimeProvider budgetClock)
{
    private readonly Lock _lock = new();
    private WorkerCore[] _workers = [];
    private WorkerLoop? _loop;
    private int _turn; // What the worker may still run before it is the next one's turn.
    private int _pumping;
    private int _left;
    private int _ran;
    private long _deadline;

    public PumpContext Context { get; } = new();

    public TimeProvider BudgetClock => budgetClock;

    public void Add(WorkerCore worker)
    {
        lock (_lock)
        {
            Atomic.Write(ref _workers, [.. _workers, worker]);
        }
    }

    /// <summary>Takes a closed worker out. One whose handlers are still out stays, and counts as suspended, until they have come back.</summary>
    public void Remove(WorkerCore worker)
    {
        foreach (WorkerLoop loop in worker.Loops)
        {
            if (loop.IsWorking)
            {
                return;
            }
        }

        lock (_lock)
        {
            Atomic.Write(ref _workers, [.. _workers.Where(other => other != worker)]);
        }
    }

    public PumpResult Run(int maxJobs, TimeSpan? budget)
    {
        if (Atomic.CompareExchange(ref _pumping, 1, 0) != 0)
        {
            throw new InvalidOperationException("The store is being pumped already: Pump is for one thread at a time and is not re-entrant, so neither another thread nor a handler that runs inside it may call it.");
        }

        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context);
        try
        {
            _left = maxJobs;
            _ran = 0;
            _deadline = budget is { } span ? DeadlineAfter(span) : long.MaxValue;
            dispatcher.Alarm.Ring();
            while (RunRound() || AnnounceDrained())
            {
            }

            dispatcher.Idle.Check();
            return Result();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            Atomic.Write(ref _pumping, 0);
        }
    }

    /// <summary>Whether anything could run now.</summary>
    public bool HasWork
    {
        get
        {
            if (!Context.IsEmpty)
            {
                return true;
            }

            foreach (WorkerCore worker in Atomic.Read(ref _workers))
            {
                if (worker.HasFreeLoop && !worker.Queue.Ready.IsEmpty)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Pumps until a job has ended, or until nothing but a clock of the user's own could make it go on.</summary>
    public bool RunUntil(JobHandle job, TimeSpan timeout)
    {
        using CancellationTokenSource over = new();
        try
        {
            return RunUntil(job, timeout, over.Token);
        }
        finally
        {
            over.Cancel(); // Takes the wait for the job back.
        }
    }

    /// <summary>Whether threaded workers could make a job go on.</summary>
    public bool HasThreads { get; set; }

    private bool RunUntil(JobHandle job, TimeSpan timeout, CancellationToken over)
    {
        long start = budgetClock.GetTimestamp();
        Task? end = null;
        while (true)
        {
            Context.Reset();
            TimeSpan left = timeout - budgetClock.GetElapsedTime(start);
            PumpResult result = Run(int.MaxValue, left > TimeSpan.Zero ? left : TimeSpan.Zero);
            left = timeout - budgetClock.GetElapsedTime(start);
            if (job.IsFinished || left <= TimeSpan.Zero)
            {
                return job.IsFinished;
            }

            if (HasWork)
            {
                continue;
            }

            TimeSpan wait = left;
            if (result.NextDue is { } due && (due == TimeSpan.Zero || !dispatcher.Table.Clock.IsManual) && due < wait)
            {
                wait = due;
            }
            else if (result.JobsSuspended == 0 && job.State != JobState.Active && !HasThreads)
            {
                return false;
            }

            end = end is { IsCompleted: false } ? end : SignalAtEndAsync(job, over); // It may have ended and been retried.
            WaitForWork(wait);
        }
    }

    /// <summary>The job may end on another thread.</summary>
    private async Task SignalAtEndAsync(JobHandle job, CancellationToken over)
    {
        await job.WaitUntilFinishedAsync(over).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Context.Signal();
    }

    /// <summary>HB-6, like a loop that parks: other threads may make jobs ready for pumped workers.</summary>
    private void WaitForWork(TimeSpan limit)
    {
        WorkerCore[] workers = [.. Atomic.Read(ref _workers).Where(static worker => worker.HasFreeLoop)];
        try
        {
            foreach (WorkerCore worker in workers)
            {
                worker.Queue.Ready.Parked.Park(Context);
            }

            dispatcher.Alarm.SetSleeper(Context);
            if (!HasWork)
            {
                // HB-14: what has come under the clock since the last look is seen here, or wakes.
                Context.Wait(dispatcher.Delays.NextDue() is { } due && due < limit && !dispatcher.Table.Clock.IsManual ? due : limit);
            }
        }
        finally
        {
            // Also of a thread that is interrupted: what stayed parked would swallow wakes.
            dispatcher.Alarm.SetSleeper(null);
            foreach (WorkerCore worker in workers)
            {
                ParkingLot lot = worker.Queue.Ready.Parked;
                if (!lot.Leave(Context) && !worker.Queue.Ready.IsEmpty)
                {
                    lot.WakeOne(); // The pump may have no time left for what it was woken for.
                }
            }
        }
    }

    private bool RunRound()
    {
        int before = _ran;
        bool posted = !Context.IsEmpty;
        Context.RunPosted();
        foreach (WorkerCore worker in Atomic.Read(ref _workers))
        {
            if (_left <= 0)
            {
                return false;
            }

            if (worker.MayTake)
            {
                RunTurn(worker);
            }

            if (IsOver())
            {
                return false;
            }
        }

        return _ran != before || posted || !Context.IsEmpty;
    }

    /// <summary>Nothing was found to take. True if subscribers were told so: they may have added something.</summary>
    private bool AnnounceDrained()
    {
        JobAnnouncements announcements = dispatcher.Ending.Announcements;
        bool any = false;
        if (announcements.Hub.IsListening)
        {
            foreach (WorkerCore worker in Atomic.Read(ref _workers))
            {
                any |= !worker.IsClosed && DrainedCheck.Run(dispatcher.Table, worker.Queue, announcements);
            }
        }

        return any && _left > 0 && !IsOver();
    }

    private void RunTurn(WorkerCore worker)
    {
        _turn = Math.Min(_left, worker.Queue.Ready.Count);
        for (int i = 0; _turn > 0 && i < worker.Loops.Length; i++) // A handler may raise the limit.
        {
            WorkerLoop loop = worker.Loops[i];
            if (!loop.IsSuspended)
            {
                _loop = loop;
                loop.EnterTurn(this);
            }
        }
    }

    /// <summary>One loop's part of its worker's turn.</summary>
    public void RunTurnOfLoop()
    {
        WorkerLoop loop = _loop!;
        loop.Prepare();
        try
        {
            while (_turn > 0 && !loop.IsSuspended && loop.TryRunOne())
            {
                _turn--;
                _left--;
                _ran++;
                if (IsOver())
                {
                    _turn = 0;
                }
            }
        }
        finally
        {
            loop.Rest(); // Also where the budget's clock throws: a parent it kept to run next would stand in no queue.
        }
    }

    /// <summary>The end of any time that can be given; the latest there is where it does not end.</summary>
    private long DeadlineAfter(TimeSpan budget)
    {
        long now = budgetClock.GetTimestamp();
        long span = (long)(budget.TotalSeconds * budgetClock.TimestampFrequency); // Saturates.
        return span < long.MaxValue - Math.Max(0, now) ? now + span : long.MaxValue;
    }

    private bool IsOver() => _deadline != long.MaxValue && budgetClock.GetTimestamp() >= _deadline;

    /// <summary>The first running worker of a queue, for which its jobs are counted.</summary>
    private static WorkerCore? FirstOf(WorkerCore[] workers, ReadyQueue queue)
    {
        foreach (WorkerCore worker in workers)
        {
            if (worker.Queue == queue && worker.IsRunning)
            {
                return worker;
            }
        }

        return null;
    }

    private PumpResult Result()
    {
        int ready = 0;
        int suspended = 0;
        WorkerCore[] workers = Atomic.Read(ref _workers);
        foreach (WorkerCore worker in workers)
        {
            ready += worker == FirstOf(workers, worker.Queue) ? worker.Queue.Ready.Count : 0;
            foreach (WorkerLoop loop in worker.Loops)
            {
                suspended += loop.IsSuspended ? 1 : 0;
            }

            if (worker.IsClosed)
            {
                Remove(worker);
            }
        }

        TimeSpan? due = dispatcher.Delays.NextDue();
        if (suspended > 0 && dispatcher.Deadlines.UntilNextLook() is { } limit && !(due < limit))
        {
            due = limit;
        }

        return new PumpResult(_ran, ready, suspended, due);
    }
}
