using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// One place in a worker's concurrency: take, run, finish, and on. It runs on one thread at a time; a handler that awaits
/// suspends it, and the handler's continuation brings it back. Hosts differ in where it runs (<see cref="PooledLoop"/>,
/// <see cref="DedicatedLoop"/>, <see cref="PumpedLoop"/>). Here is its life; what it does with a job is in
/// <c>WorkerLoop.Running.cs</c>.
/// </summary>
internal abstract partial class WorkerLoop : IParked
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int RunningWoken = 2;
    private const int Quantum = 4096;
    private static readonly AsyncLocal<WorkerLoop?> s_current = new();
    private readonly WorkerCore _worker;
    private readonly Dispatcher _dispatcher;
    private readonly Attempt _attempts;
    private readonly JobHandler _handler;
    private readonly QueueLedger _ledger;
    private readonly JobEvents _events;
    private readonly ReadyChannel _channel;
    private readonly ChannelReader<ReadyTicket> _reader;
    private readonly JobClock _clock;
    private readonly IdleSpinner _spinner;
    private readonly Action _continuation;
    private readonly ExecutionContext _context;
    private Stripe? _stripe;
    private JobRun? _run;
    private int _state;

    // Written by the loop with plain stores, read by who changes the rules after a process-wide fence.
    private bool _taking;
    private bool _inHandler;
    private bool _working;
    private long _number; // The run in hand; who cancels or closes goes by it.
    private long _deadline; // Of the run in hand, 0 for none.
    private long _start; // Which of its pumped worker's starts the run in hand was; 0 on a thread of its own.
    private int _place;
    private bool _wokenAside; // Written by anyone, taken back by the loop.

    // Owner only.
    private long _next; // A promoted parent to run next; stands in no queue.
    private ValueTask _pending;
    private bool _suspended;
    private FailurePlan? _asked; // What a custom backoff was asked about, once it has answered.
    private long _now;
    private long _stamp; // When the run before ended, as a timestamp; 0 if it was not read or is old.
    private bool _wasIdle = true; // Until the first job after a search or a sleep.

    protected WorkerLoop(WorkerCore worker)
    {
        _worker = worker;
        _dispatcher = worker.Dispatcher;
        _attempts = _dispatcher.Attempts;
        _handler = worker.Handler;
        _ledger = worker.Queue.Ledger;
        _events = worker.Events;
        _channel = worker.Queue.Ready;
        _reader = _channel.Reader;
        _clock = _dispatcher.Table.Clock;
        _spinner = new IdleSpinner(worker.Options.WaitStrategy);
        _continuation = Continue;
        ExecutionContext? context = null;
        ExecutionContext.Run(worker.Context, loop =>
        {
            s_current.Value = (WorkerLoop)loop!;
            context = ExecutionContext.Capture();
        }, this);
        _context = context!;
    }

    /// <summary>The loop whose handler the caller runs in, also after an await.</summary>
    public static WorkerLoop? Current => s_current.Value;

    /// <summary>Which of the worker's places this is; numbered anew only while none may take.</summary>
    public int Place { get => Atomic.Read(ref _place); set => Atomic.Write(ref _place, value); }

    /// <summary>Whether it may take: the places first, since they are opened after the loops were numbered.</summary>
    public bool HasPlace => _worker.Places > Place;

    /// <summary>The run whose handler has not returned, or 0.</summary>
    public long CurrentRun => IsInHandler ? Atomic.Read(ref _number) : 0; // Not the run object's: that may be another loop's by now.

    /// <summary>When the time of the run in hand is over, as a timestamp; 0 if it may take any time.</summary>
    public long Deadline => Atomic.Read(ref _deadline);

    /// <summary>Orders the runs of a pumped worker as they have started.</summary>
    public long Start => Atomic.Read(ref _start);

    public bool IsTaking => Atomic.Read(ref _taking);

    public bool IsInHandler => Atomic.Read(ref _inHandler);

    /// <summary>Not at rest: it may take, runs a job, or still files ends.</summary>
    public bool IsWorking => Atomic.Read(ref _working);

    public bool IsSuspended => Atomic.Read(ref _suspended);

    public WorkerCore Worker => _worker;

    /// <summary>Lets the loop look for work; harmless at any time.</summary>
    public void Wake()
    {
        while (true)
        {
            int seen = Atomic.Read(ref _state);
            if (seen == RunningWoken)
            {
                return;
            }

            if (Atomic.CompareExchange(ref _state, seen == Idle ? Running : RunningWoken, seen) == seen)
            {
                if (seen == Idle)
                {
                    ScheduleIdle();
                }

                return;
            }
        }
    }

    /// <summary>
    /// Wakes the loop past the lot it may be parked in; it takes itself out when it runs. Its place left there would be
    /// taken for a sleeper, and a ticket's wake spent on a loop that is busy.
    /// </summary>
    public void WakeAside()
    {
        Atomic.Write(ref _wokenAside, true); // Before the wake: who is woken sees it.
        Wake();
    }

    /// <summary>The run whose handler has not returned, with the object it runs in.</summary>
    public bool TryGetRun([NotNullWhen(true)] out JobRun? run, out long number)
    {
        number = CurrentRun;
        run = Atomic.Read(ref _run);
        return number != 0 && run is not null;
    }

    public void FireToken()
    {
        if (IsInHandler && Atomic.Read(ref _run) is { } run)
        {
            try
            {
                run.Fire(Atomic.Read(ref _number)); // The loop's own number: the run object may be another loop's by now.
            }
            catch (AggregateException error)
            {
                _dispatcher.Ending.Announcements.Hub.ReportError(error, "A cancellation callback");
            }
        }
    }

    /// <summary>The host may fail, for want of a thread: then the loop is idle as before.</summary>
    private void ScheduleIdle()
    {
        try
        {
            Schedule();
        }
        catch
        {
            Atomic.Exchange(ref _state, Idle);
            throw;
        }
    }

    /// <summary>Makes <see cref="Enter"/> run soon, on the host's thread.</summary>
    protected abstract void Schedule();

    /// <summary>The end of a loop of a closed worker.</summary>
    protected virtual void Ended()
    {
    }

    protected void Enter() => ExecutionContext.Run(_context, static loop => ((WorkerLoop)loop!).Loop(), this);

    /// <summary>Runs a pump's turn in the context of the loop's handlers.</summary>
    public void EnterTurn(Pump pump) => ExecutionContext.Run(_context, static pump => ((Pump)pump!).RunTurnOfLoop(), pump);

    /// <summary>Rents what a turn needs and reads the clock.</summary>
    public void Prepare()
    {
        Atomic.Write(ref _working, true);
        _stripe ??= _dispatcher.Table.Stripes.RentLoop();
        if (_run is null)
        {
            JobRun run = _dispatcher.Runs.Get();
            run.Events = _events;
            Atomic.Write(ref _run, run);
        }

        Tick();
    }

    /// <summary>One job for a pump: false if there is none, or none may be taken.</summary>
    public bool TryRunOne()
    {
        if (!TryTake())
        {
            return false;
        }

        Atomic.Write(ref _start, _worker.CountPumpedStart());
        RunJob();
        return true;
    }

    /// <summary>Goes on with a handler that has completed after a suspension. False if the loop is suspended again.</summary>
    public bool ResumeSuspended()
    {
        Atomic.Write(ref _suspended, false);
        return FinishPending();
    }

    /// <summary>Puts a kept parent back and gives up what the loop holds while it does not work.</summary>
    public void Rest()
    {
        if (_next != 0)
        {
            _dispatcher.Ready(_next, toFront: true);
            _next = 0;
        }

        if (!_suspended && _run is { } run)
        {
            Atomic.Write(ref _run, null);
            if (_worker.IsClosed)
            {
                run.DropSource(); // A close may be firing it.
            }

            _dispatcher.Runs.Return(run);
        }

        if (!_suspended && _stripe is { } stripe)
        {
            stripe.FileEnds();
            _dispatcher.Ending.EvictReleased(stripe);
            _dispatcher.Ending.Notify(stripe);
            _stripe = null;
            _dispatcher.Table.Stripes.ReturnLoop(stripe);
        }

        // HB-8: the flag goes down, then the look for who waits; who waits says so, fences the process, looks at the flags.
        if (!_suspended)
        {
            Atomic.Write(ref _working, false);
            if (_worker.IsAwaited)
            {
                _worker.CheckQuiet();
            }
        }

        if (_worker.IsCrowded)
        {
            _worker.OpenPlaces();
        }
    }

    private void Loop()
    {
        if (Atomic.Read(ref _wokenAside))
        {
            Atomic.Write(ref _wokenAside, false);
            _channel.Parked.Leave(this);
        }

        bool isResumed = _suspended;
        Prepare();
        if (isResumed && !ResumeSuspended())
        {
            return;
        }

        for (int ran = 0; ; ran++)
        {
            if (ran >= Quantum && _next == 0)
            {
                Schedule(); // Still running: gives other work on the host a turn.
                return;
            }

            if (TryTake())
            {
                if (_wasIdle)
                {
                    WakeNext();
                }

                if (!RunJob())
                {
                    return; // Suspended: the handler's continuation owns the loop now.
                }
            }
            else if (!_worker.MayTake || !HasPlace || !SpinUntilReady())
            {
                _wasIdle = true;
                if (TryPark())
                {
                    return;
                }

                Prepare();
            }
        }
    }

    /// <summary>Writers wake nobody while a loop searches, so who has found something wakes the next for what is left.</summary>
    private void WakeNext()
    {
        _wasIdle = false;
        if (_channel.Parked.NeedsWake && !_channel.IsEmpty)
        {
            _channel.Parked.WakeOne();
        }
    }

    private bool SpinUntilReady()
    {
        _wasIdle = true;
        _dispatcher.Idle.Check(); // HB-11
        bool ready = _spinner.Wait(_channel, this);
        if (ready)
        {
            _now = _clock.UtcTicks();
        }

        return ready;
    }

    /// <summary>
    /// HB-6: register, then look again, then sleep. A wake that comes in between is not lost: it either takes this loop
    /// out of the lot or marks it woken.
    /// </summary>
    private bool TryPark()
    {
        _dispatcher.Idle.Check();
        AnnounceDrained();
        Rest();
        bool mayTake = _worker.MayTake && HasPlace;
        if (mayTake)
        {
            _channel.Parked.Park(this);
            if (!_channel.IsEmpty)
            {
                _channel.Parked.Leave(this);
                return false;
            }
        }
        else if (!_channel.IsEmpty)
        {
            _channel.Parked.WakeOne(); // The wake this loop may have been given is somebody else's to use.
        }

        if (Atomic.CompareExchange(ref _state, Idle, Running) == Running)
        {
            if (_worker.IsClosed)
            {
                if (!_channel.Parked.Leave(this) && !_channel.IsEmpty)
                {
                    _channel.Parked.WakeOne(); // Who took it out of the lot wakes one that has ended: the wake is somebody else's to use.
                }

                Ended();
            }

            return true;
        }

        Atomic.Write(ref _state, Running);
        _channel.Parked.Leave(this);
        return false;
    }

    private void AnnounceDrained()
    {
        JobAnnouncements announcements = _dispatcher.Ending.Announcements;
        if (announcements.Hub.IsListening)
        {
            DrainedCheck.Run(_dispatcher.Table, _worker.Queue, announcements);
        }
    }
}
