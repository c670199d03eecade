using Conveyor.Fast.Execution;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// A worker's loops and its switch: one loop for each place in its concurrency. What switches it off returns only when
/// every loop has left the take it was in, so nothing starts afterwards. There may be several reasons to be off at a time.
/// </summary>
internal sealed class WorkerCore
{
    // Reasons to be off.
    private const int NotStarted = 1;
    private const int Paused = 2;
    private const int QueuePaused = 4;
    private const int Closed = 8;
    private readonly Lock _lock = new();
    private readonly Func<WorkerCore, WorkerLoop> _makeLoop;
    private WorkerLoop[] _loops = [];
    private int _off = NotStarted;
    private int _concurrency;
    private int _places;
    private bool _hasStalled;
    private long _pumpedStarts;
    private TaskCompletionSource? _quiet;

    public WorkerCore(Dispatcher dispatcher, ReadyQueue queue, JobHandler handler, JobEvents events, int number, WorkerOptions options)
    {
        Dispatcher = dispatcher;
        Queue = queue;
        Handler = handler;
        Events = events;
        Number = number;
        Options = options;
        _concurrency = options.Concurrency;
        _places = options.Concurrency;
        _makeLoop = options.Mode switch
        {
            WorkerMode.Dedicated => static core => new DedicatedLoop(core),
            WorkerMode.Pumped => static core => new PumpedLoop(core),
            _ => static core => new PooledLoop(core),
        };
        Context = CaptureContext();
    }

    /// <summary>The worker whose handler the caller runs in, also after an await.</summary>
    public static WorkerCore? Current => WorkerLoop.Current?.Worker;

    public Dispatcher Dispatcher { get; }

    public ReadyQueue Queue { get; }

    public JobHandler Handler { get; }

    public JobEvents Events { get; }

    public int Number { get; }

    public WorkerOptions Options { get; }

    /// <summary>What the loops' own contexts are made from. Captured once.</summary>
    public ExecutionContext Context { get; }

    /// <summary>Set for pumped workers: where continuations of their handlers go.</summary>
    public PumpContext? Pump { get; init; }

    public bool IsPumped => Options.Mode == WorkerMode.Pumped;

    /// <summary>Whether a loop may take. Plain enough for every take: one load.</summary>
    public bool MayTake => Atomic.Read(ref _off) == 0;

    /// <summary>Whether nothing but a pause of its queue keeps it from taking.</summary>
    public bool IsRunning => (Atomic.Read(ref _off) & ~QueuePaused) == 0;

    public bool IsPaused => (Atomic.Read(ref _off) & (Paused | Closed)) == Paused;

    public bool IsClosed => (Atomic.Read(ref _off) & Closed) != 0;

    public ReadOnlySpan<WorkerLoop> Loops => Atomic.Read(ref _loops);

    /// <summary>Whether a loop could take a ticket now.</summary>
    public bool HasFreeLoop
    {
        get
        {
            foreach (WorkerLoop loop in Loops)
            {
                if (MayTake && !loop.IsSuspended && loop.HasPlace)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public int Concurrency
    {
        get => Atomic.Read(ref _concurrency);
        set
        {
            lock (_lock)
            {
                Atomic.Write(ref _concurrency, value);
                Atomic.Write(ref _places, 0);
                AddLoopsLocked();
                LeaveTakes(this); // No take needs the lock or runs user code.
            }

            OpenPlaces();
        }
    }

    /// <summary>How many of the places may take; none while more run than the limit allows.</summary>
    public int Places => Atomic.Read(ref _places);

    /// <summary>A loop that comes to rest then has to look whether the places can be opened.</summary>
    public bool IsCrowded => Places == 0;

    /// <summary>
    /// Opens the places once no more run than the limit allows. Those that run get the first numbers, so that only as many
    /// as the limit ever run. Nothing starts before: what runs can only become less.
    /// </summary>
    public void OpenPlaces()
    {
        lock (_lock)
        {
            List<WorkerLoop> running = [.. _loops.Where(static loop => loop.IsInHandler)];
            if (_places != 0 || running.Count > _concurrency)
            {
                return;
            }

            int place = 0;
            foreach (WorkerLoop loop in running.Concat(_loops.Except(running)))
            {
                loop.Place = place++;
            }

            Atomic.Write(ref _places, _concurrency);
        }

        WakeAll();
    }

    /// <summary>Numbers a pumped run; one thread pumps at a time.</summary>
    public long CountPumpedStart() => ++_pumpedStarts;

    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsClosed, typeof(Worker));
            AddLoopsLocked();
        }

        if (!IsPumped)
        {
            Dispatcher.Alarm.UseTimer();
        }

        SwitchOn(NotStarted);
    }

    public void Pause()
    {
        SwitchOff(Paused);
        LeaveTakes(this);
    }

    public void Resume() => SwitchOn(Paused);

    /// <summary>Its queue is paused, and nothing starts once the takes under way have been left: the queue waits for those.</summary>
    public void PauseByQueue() => SwitchOff(QueuePaused);

    public void ResumeByQueue() => SwitchOn(QueuePaused);

    /// <summary>Takes no more jobs from here on, for good.</summary>
    public void Close()
    {
        bool isNew = SwitchOff(Closed);
        LeaveTakes(this);
        if (isNew)
        {
            WakeAll(); // Their last look.
        }
    }

    /// <summary>Whether somebody waits for the handlers to return.</summary>
    public bool IsAwaited => Atomic.Read(ref _quiet) is not null;

    /// <summary>Says that the caller, if it runs in a handler of this worker, closes it.</summary>
    public void BeginOwnClose()
    {
        if (OwnLoop is { } own)
        {
            own.CloseOwnWorker();
            CheckQuiet();
        }
    }

    /// <summary>Says that the caller, if it runs in a handler of this worker, waits for the others. Returns its loop, which is to be told when that run's wait is over.</summary>
    public WorkerLoop? BeginOwnPause(out long run)
    {
        run = 0;
        if (OwnLoop is not { } own)
        {
            return null;
        }

        run = own.BeginOwnPause();
        CheckQuiet();
        return own;
    }

    /// <summary>Whether a handler goes on that has closed this worker from inside.</summary>
    public bool IsClosedFromInside => Array.Exists(Atomic.Read(ref _loops), static loop => loop.ClosesOwnWorker);

    /// <summary>
    /// Completes when all loops of a worker that takes no more are at rest, or wait for that from inside their handlers. A
    /// close does wait for those that wait for a pause only: that ends without it, and they go on.
    /// </summary>
    public async Task QuietAsync(bool exceptOwnWaits, bool isClose = false)
    {
        while (true)
        {
            TaskCompletionSource quiet;
            lock (_lock)
            {
                quiet = _quiet ?? new(TaskCreationOptions.RunContinuationsAsynchronously);
                Atomic.Write(ref _quiet, quiet);
            }

            Atomic.ProcessWideBarrier(); // HB-8
            if (!IsBusy(exceptOwnWaits, isClose))
            {
                return;
            }

            await quiet.Task.ConfigureAwait(false);
        }
    }

    /// <summary>A loop has come to rest while somebody waits for that: let it look again.</summary>
    public void CheckQuiet()
    {
        TaskCompletionSource? quiet;
        lock (_lock)
        {
            quiet = _quiet;
            Atomic.Write(ref _quiet, null);
        }

        quiet?.TrySetResult();
    }

    /// <summary>Fires the tokens of all running handlers without asking for their cancellation.</summary>
    public void FireTokens()
    {
        foreach (WorkerLoop loop in Loops)
        {
            loop.FireToken();
        }
    }

    /// <summary>Gives up the runs that go on, except those that have closed this worker from inside.</summary>
    public void StallRunning()
    {
        Atomic.Write(ref _hasStalled, true); // Before the fence of HB-15: a run that was seen claimed, and is let go of to wait, gives itself up.
        Dispatcher.Reclaimer.Stall([.. _loops.Where(static loop => !loop.ClosesOwnWorker)]);
    }

    /// <summary>Whether it was closed and waits for no handler any longer.</summary>
    public bool HasStalled => Atomic.Read(ref _hasStalled);

    public void WakeAll()
    {
        if (IsPumped)
        {
            Pump!.Signal(); // A pumped loop never parks, so a wake of its own tells the pump only once.
        }

        foreach (WorkerLoop loop in Loops)
        {
            loop.WakeAside();
        }
    }

    /// <summary>
    /// HB-7: the switches were thrown before; after the process-wide fence every loop has either seen that or says that it is
    /// in a take, and that take is waited for.
    /// </summary>
    public static void LeaveTakes(params ReadOnlySpan<WorkerCore> workers)
    {
        Atomic.ProcessWideBarrier();
        foreach (WorkerCore worker in workers)
        {
            foreach (WorkerLoop loop in worker.Loops)
            {
                SpinWait spin = default;
                while (loop.IsTaking)
                {
                    spin.SpinOnce();
                }
            }
        }
    }

    /// <summary>False if it was off for that reason already.</summary>
    private bool SwitchOff(int reason)
    {
        lock (_lock)
        {
            bool isNew = (_off & reason) == 0;
            Atomic.Write(ref _off, _off | reason);
            return isNew;
        }
    }

    private void SwitchOn(int reason)
    {
        lock (_lock)
        {
            if ((_off & (reason | Closed)) != reason)
            {
                return;
            }

            Atomic.Write(ref _off, _off & ~reason);
        }

        WakeAll();
    }

    private WorkerLoop? OwnLoop => WorkerLoop.Current is { } own && ReferenceEquals(own.Worker, this) ? own : null;

    private bool IsBusy(bool exceptOwnWaits, bool isClose)
    {
        foreach (WorkerLoop loop in Loops)
        {
            if (loop.IsWorking && !(exceptOwnWaits && (isClose ? loop.ClosesOwnWorker : loop.AwaitsOwnWorker)))
            {
                return true;
            }
        }

        return false;
    }

    private void AddLoopsLocked()
    {
        int wanted = _concurrency;
        if (_loops.Length >= wanted)
        {
            return;
        }

        List<WorkerLoop> loops = [.. _loops];
        while (loops.Count < wanted)
        {
            loops.Add(_makeLoop(this));
            loops[^1].Place = loops.Count - 1;
        }

        Atomic.Write(ref _loops, [.. loops]);
    }

    private static ExecutionContext CaptureContext()
    {
        if (!ExecutionContext.IsFlowSuppressed())
        {
            return ExecutionContext.Capture()!;
        }

        ExecutionContext.RestoreFlow();
        ExecutionContext captured = ExecutionContext.Capture()!;
        ExecutionContext.SuppressFlow();
        return captured;
    }
}
