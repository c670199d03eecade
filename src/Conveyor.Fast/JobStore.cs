using System.Collections.Concurrent;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>
/// The engine and all it holds: queues, jobs, flows, workers. In memory, in process; every member is for any thread.
/// Payloads and values are references handed over, never copied or serialized.
/// </summary>
/// <remarks>
/// All threads of a store are background threads: a store that is left as it is does not keep its process alive, and its
/// jobs end with the process wherever they are.
/// </remarks>
public sealed class JobStore : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JobQueue> _views = new(StringComparer.Ordinal);
    private readonly TimeSpan _closeTimeout;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Engine? _engine;

    /// <summary>Makes an empty store.</summary>
    /// <param name="options">Options; null for the defaults.</param>
    public JobStore(JobStoreOptions? options = null)
    {
        options ??= new JobStoreOptions();
        _closeTimeout = options.CloseTimeout;
        _engine = new Engine(this, options);
    }

    /// <summary>All events of the store.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobEvents Events => Engine.Hub.StoreEvents;

    /// <summary>How long until the next delayed job falls due, zero for what is due already; null if none is delayed.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public TimeSpan? NextDue => Engine.Dispatcher.Delays.NextDue();

    internal Engine Engine => Atomic.Read(ref _engine) ?? throw new ObjectDisposedException(nameof(JobStore));

    internal Engine? EngineOrNull => Atomic.Read(ref _engine);

    /// <summary>The queue of that name, one shared object. Asking creates nothing in the store; a closed queue is opened again.</summary>
    /// <param name="name">1 to 255 characters, no control characters.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobQueue GetQueue(string name)
    {
        _ = Engine;
        JobQueue queue = ViewOf(name);
        queue.Open();
        return queue;
    }

    /// <summary>The queue of that name as it is, open or closed.</summary>
    internal JobQueue ViewOf(string name) => _views.TryGetValue(name ?? "", out JobQueue? queue)
        ? queue
        : _views.GetOrAdd(Check.QueueName(name), static (key, store) => new JobQueue(store, key), this);

    /// <summary>Configures a queue before its first job, worker or pause, and returns it.</summary>
    /// <param name="name">1 to 255 characters, no control characters.</param>
    /// <param name="options">The queue's options.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="InvalidOperationException">The queue is configured or in use already.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobQueue GetQueue(string name, JobQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Engine.Queues.Configure(Check.QueueName(name), options);
        return GetQueue(name);
    }

    /// <summary>All queues that have had a job, a worker, a pause or options, in order of their making.</summary>
    /// <returns>A copy.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public IReadOnlyList<JobQueueInfo> GetQueues()
    {
        Engine engine = Engine;
        List<JobQueueInfo> queues = [];
        Dictionary<int, int> schedules = engine.Schedules.CountByQueue();
        foreach (QueueLedger ledger in engine.Table.Ledgers)
        {
            if (ledger.IsUsed)
            {
                queues.Add(new JobQueueInfo(
                    ledger.Name, JobQueue.CountsOf(engine, ledger.Number), ledger.Room?.Capacity, ledger.Room?.Taken ?? 0,
                    schedules.GetValueOrDefault(ledger.Number), engine.Dispatcher.Queues[ledger.Number].Switch.IsPaused));
            }
        }

        return queues;
    }

    /// <summary>Finds a job over all queues.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="job">The job, or the default.</param>
    /// <returns>False if it is not stored.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool TryGetJob(JobId id, out JobHandle job)
    {
        bool found = JobCopy.TryTake(Engine.Table, id.ToInt64(), out _);
        job = found ? new JobHandle(this, id) : default;
        return found;
    }

    /// <summary>Runs pumped workers on this thread until nothing is ready.</summary>
    /// <returns>What was done and what is left.</returns>
    /// <exception cref="InvalidOperationException">The store is being pumped already.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public PumpResult Pump() => Engine.Pump.Run(int.MaxValue, null);

    /// <summary>Runs at most so many jobs of pumped workers on this thread: the deterministic form.</summary>
    /// <param name="maxJobs">Zero or more.</param>
    /// <returns>What was done and what is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="InvalidOperationException">The store is being pumped already.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public PumpResult Pump(int maxJobs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxJobs);
        return Engine.Pump.Run(maxJobs, null);
    }

    /// <summary>Runs pumped workers on this thread until nothing is ready or the time is over; over it by at most one job.</summary>
    /// <param name="budget">Zero or more, by <see cref="JobStoreOptions.BudgetClock"/>.</param>
    /// <returns>What was done and what is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The store is being pumped already.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public PumpResult Pump(TimeSpan budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, TimeSpan.Zero);
        return Engine.Pump.Run(int.MaxValue, budget);
    }

    /// <summary>
    /// Pumps until a job has ended, waiting up to the timeout for a thread, a continuation or a due time when nothing is
    /// ready. Answers false at once when only a clock that is not the system's could make the job go on.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="timeout">Zero or more, by <see cref="JobStoreOptions.BudgetClock"/>.</param>
    /// <returns>Whether the job has ended or is gone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The store is being pumped already.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool PumpUntil(JobHandle job, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return Engine.Pump.RunUntil(job, timeout);
    }

    /// <summary>Waits until nothing is waiting and nothing active in any queue. Delayed jobs and parents that wait do not count.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public ValueTask WaitUntilIdleAsync(CancellationToken cancellationToken = default) =>
        new(Engine.Dispatcher.Idle.WaitAsync().WaitAsync(cancellationToken));

    /// <summary>Closes all workers with limit zero, ends every wait with <see cref="ObjectDisposedException"/> and lets go of every job. Never waits for a handler.</summary>
    public void Dispose() => _ = CloseAsync(TimeSpan.Zero);

    /// <summary>
    /// Closes all workers with the store's time limit, then ends every wait and lets go of every job. Of several calls each
    /// waits for that. The limit goes by the store's clock: where that is a fake one, advance it until the close has ended, or
    /// use <see cref="Dispose"/>. A suspended handler of a pumped worker goes on only while somebody pumps.
    /// </summary>
    /// <returns>A task.</returns>
    public async ValueTask DisposeAsync() => await CloseAsync(_closeTimeout).ConfigureAwait(false);

    private async Task CloseAsync(TimeSpan grace)
    {
        if (Atomic.Read(ref _engine) is { } engine)
        {
            IReadOnlyList<Worker> workers = engine.Workers;
            Task[] closing = [.. workers.Select(worker => worker.CloseAsync(grace))];
            if (grace != TimeSpan.Zero)
            {
                await Task.WhenAll(closing).ConfigureAwait(false);
            }

            if (ReferenceEquals(Atomic.Exchange(ref _engine, null), engine))
            {
                // A worker that was made meanwhile is among the engine's by now, or finds the store disposed.
                foreach (Worker late in engine.Workers.Except(workers))
                {
                    late.Dispose();
                }

                engine.Close(new ObjectDisposedException(nameof(JobStore)));
                _views.Clear();
                _closed.TrySetResult();
            }
        }

        if (grace != TimeSpan.Zero)
        {
            await _closed.Task.ConfigureAwait(false);
        }
    }
}
