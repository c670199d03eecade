using System.Runtime.CompilerServices;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Execution;

namespace Conveyor.Fast;

/// <summary>
/// Runs the jobs of one queue. Starts when it is made, unless <see cref="WorkerOptions.AutoStart"/> says otherwise. Any
/// thread may use it. Handlers run with no lock held and may call anything in the store.
/// </summary>
public class Worker : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan s_lastMoment = TimeSpan.FromSeconds(1);
    private readonly JobStore _store;
    private readonly WorkerCore _core;
    private readonly JobEvents _events;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A worker whose handler gives no value.</summary>
    /// <param name="store">The store.</param>
    /// <param name="queueName">The queue it serves.</param>
    /// <param name="handler">Runs one attempt of one job. What it throws fails the attempt.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An argument is missing or a name not allowed.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public Worker(JobStore store, string queueName, Func<Job, CancellationToken, ValueTask> handler, WorkerOptions? options = null)
        : this(store, queueName, new PlainHandler(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>A worker whose handler gives a value.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    [OverloadResolutionPriority(1)]
    public Worker(JobStore store, string queueName, Func<Job, CancellationToken, ValueTask<object?>> handler, WorkerOptions? options = null)
        : this(store, queueName, new ValueHandler(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>A worker whose handler is synchronous and gives a value or null. It finds its token at <see cref="Job.CancellationToken"/>.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Func<Job, object?> handler, WorkerOptions? options = null)
        : this(store, queueName, new SynchronousHandler(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    private protected Worker(JobStore store, string queueName, object handler, WorkerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(store);
        QueueName = Check.QueueName(queueName);
        options ??= new WorkerOptions();
        _store = store;
        Engine engine = store.Engine;
        _events = new JobEvents(engine.Hub);
        Name = options.Name ?? engine.NextWorkerName(queueName);
        _core = engine.MakeWorker(queueName, (JobHandler)handler, _events, options, Name);
        engine.AddWorker(this);
        _ = store.Engine; // Still there: whoever disposes it from now on finds the worker.
        if (options.AutoStart)
        {
            Start();
        }
    }

    /// <summary>The worker's name, recorded on the jobs it runs.</summary>
    public string Name { get; }

    /// <summary>The queue it serves.</summary>
    public string QueueName { get; }

    /// <summary>Whether it was started and is neither paused nor closed. A pause of its queue does not count: <see cref="JobQueue.IsPaused"/>.</summary>
    public bool IsRunning => _core.IsRunning;

    /// <summary>Whether it was paused itself.</summary>
    public bool IsPaused => _core.IsPaused;

    /// <summary>Events of the jobs this worker runs.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobEvents Events => WhileStored(_events);

    /// <summary>How many jobs may run at once. Lowered, it holds for every start after the call; what runs goes on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above 65,536.</exception>
    /// <exception cref="ObjectDisposedException">It is set, and the store is disposed.</exception>
    public int Concurrency
    {
        get => _core.Concurrency;
        set => WhileStored(_core).Concurrency = Check.Concurrency(value, nameof(Concurrency));
    }

    internal WorkerCore Core => _core;

    /// <summary>Starts taking jobs; harmless if it has started.</summary>
    /// <exception cref="ObjectDisposedException">The worker is closed.</exception>
    public void Start() => _core.Start();

    /// <summary>Stops taking jobs: none starts on this worker after the call has returned. What runs goes on. Nothing happens to a closed worker.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Pause() => WhileStored(_core).Pause();

    /// <summary>Stops taking jobs and waits until its handlers have returned; called from inside one, it does not wait for that, nor for others that wait so.</summary>
    /// <param name="cancellationToken">Ends the wait; the worker stays paused.</param>
    /// <returns>A task.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public async Task PauseAsync(CancellationToken cancellationToken = default)
    {
        Pause();
        WorkerLoop? own = _core.BeginOwnPause(out long run);
        try
        {
            await _core.QuietAsync(exceptOwnWaits: own is not null).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            own?.EndOwnPause(run);
        }
    }

    /// <summary>Takes jobs again, unless its queue is paused too; harmless if it was not paused, or is closed.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Resume() => WhileStored(_core).Resume();

    /// <summary>Closes the worker with its own time limit (<see cref="WorkerOptions.CloseTimeout"/>).</summary>
    /// <param name="cancellationToken">Ends the wait; the worker stays closed.</param>
    /// <returns>A task.</returns>
    public Task CloseAsync(CancellationToken cancellationToken = default) => CloseAsync(_core.Options.CloseTimeout).WaitAsync(cancellationToken);

    /// <summary>
    /// Takes no more jobs from now on and waits for the running handlers. At the limit their tokens fire and they get a
    /// last second; jobs whose handlers have not returned by then are
    /// stalled (<see cref="JobOptions.MaxStalls"/>). Of several calls the shortest limit counts. Called from inside handlers of this worker it does not wait for those.
    /// </summary>
    /// <param name="grace">Zero or more, or infinite; by the store's clock.</param>
    /// <returns>A task.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or above 49 days, and not infinite.</exception>
    public Task CloseAsync(TimeSpan grace)
    {
        Check.Limit(grace, nameof(grace));
        _core.BeginOwnClose();
        _core.Close();
        if (!_closed.Task.IsCompleted)
        {
            _ = WaitForHandlersAsync(grace); // Of several calls the shortest limit counts.
        }

        return _closed.Task;
    }

    /// <summary>Cancels all jobs this worker runs.</summary>
    /// <param name="reason">Seen by the handlers and kept with the jobs.</param>
    /// <returns>How many were asked.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public int CancelJobs(string? reason = null)
    {
        Engine engine = _store.Engine;
        Jobs.CancelReason why = Jobs.CancelReason.From(reason);
        int asked = 0;
        foreach (WorkerLoop loop in _core.Loops)
        {
            asked += loop.CurrentRun is not 0 and var run && engine.Operations.CancelRun(run, why) ? 1 : 0;
        }

        return asked;
    }

    /// <summary>Closes the worker with limit zero: fires the tokens of running handlers and does not wait for them; a second later, by the store's clock, their jobs are stalled.</summary>
    public void Dispose()
    {
        _ = CloseAsync(TimeSpan.Zero);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the worker with its own time limit, which goes by the store's clock: a fake one must be advanced.</summary>
    /// <returns>A task.</returns>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private T WhileStored<T>(T part)
    {
        _ = _store.Engine;
        return part;
    }

    private async Task WaitForHandlersAsync(TimeSpan grace)
    {
        Jobs.JobClock clock = _core.Dispatcher.Table.Clock;
        Task quiet = Task.WhenAny(_core.QuietAsync(exceptOwnWaits: true, isClose: true), _closed.Task);
        if (!quiet.IsCompleted && (grace == TimeSpan.Zero || !await EndsWithinAsync(quiet, grace, clock).ConfigureAwait(false)))
        {
            _core.FireTokens();
            if (!await EndsWithinAsync(quiet, s_lastMoment, clock).ConfigureAwait(false))
            {
                _core.StallRunning();
            }
        }

        _store.EngineOrNull?.RemoveWorker(this, _core); // Until now the end of the store waits for it.
        _closed.TrySetResult();
        if (_core.IsClosedFromInside)
        {
            await _core.QuietAsync(exceptOwnWaits: false).ConfigureAwait(false); // Handlers that closed it go on, under their time limits.
        }

        _core.Dispatcher.Deadlines.Remove(_core);
    }

    /// <summary>Where the clock makes no timer the limit is over at once: nobody waits for ever.</summary>
    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan limit, Jobs.JobClock clock)
    {
        TaskCompletionSource late = new(); // Goes on where the timer rings: with a clock of the user's own, in the call that moves it.
        using ITimer? timer = clock.TryCreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), late, limit);
        return timer is null ? task.IsCompleted : ReferenceEquals(await Task.WhenAny(task, late.Task).ConfigureAwait(false), task);
    }
}
