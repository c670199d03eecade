using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>A queue: adds jobs and looks them up. One shared object per name of a store; any thread may use it.</summary>
public sealed partial class JobQueue
{
    private readonly JobStore _store;
    private AdmissionQueue? _queue;
    private AdmissionQueue? _listened; // Claimed for good, so that subscribers hear of the first job too.
    private bool _closed;

    internal JobQueue(JobStore store, string name)
    {
        _store = store;
        Name = name;
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>Events of this queue's jobs.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public JobEvents Events => Listen().Ledger.Events;

    /// <summary>Adds a job without a payload.</summary>
    /// <param name="name">The job's name, not empty.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    /// <exception cref="QueueFullException">The queue is bounded and full.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public JobHandle Add(string name) => Add<object?>(name, null, null);

    /// <summary>Adds a job without a payload.</summary>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="options">The job's options; null for the queue's defaults.</param>
    /// <returns>The job; with the custom id of a stored job or the deduplication key of a live one, that job.</returns>
    /// <inheritdoc cref="Add(string)" path="/exception"/>
    public JobHandle Add(string name, JobOptions? options) => Add<object?>(name, null, options);

    /// <summary>Adds a job.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="data">The payload, handed over by reference or copied whole; never serialized.</param>
    /// <param name="options">The job's options; null for the queue's defaults.</param>
    /// <returns>The job; with the custom id of a stored job or the deduplication key of a live one, that job.</returns>
    /// <inheritdoc cref="Add(string)" path="/exception"/>
    public JobHandle Add<TData>(string name, TData data, JobOptions? options = null)
    {
        Check.JobName(name);
        AdmissionQueue queue = Use();
        if (TryAnswer(queue, options?.CustomId, options?.Deduplication?.Key, out JobHandle existing))
        {
            return existing;
        }

        JobDefinition definition = queue.Definitions.Get(name, options);
        TakeRoom(queue, RoomWish.Throw, 1);
        return Add(queue, definition, options, data, null);
    }

    /// <summary>Adds a job with a priority or custom id of its own.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="request">The job.</param>
    /// <returns>The job; with the custom id of a stored job or the deduplication key of a live one, that job.</returns>
    /// <inheritdoc cref="Add(string)" path="/exception"/>
    public JobHandle Add<TData>(in JobRequest<TData> request)
    {
        AdmissionQueue queue = UseFor(request);
        if (TryAnswer(queue, request.CustomIdOrNull, request.DeduplicationKeyOrNull, out JobHandle existing))
        {
            return existing;
        }

        TakeRoom(queue, RoomWish.Throw, 1);
        return Add(queue, request);
    }

    /// <summary>Adds a job that can not start before a delay is over; a delay of zero is none, whatever the options say.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="data">The payload, handed over by reference or copied whole; never serialized.</param>
    /// <param name="delay">Zero to 36,500 days, from now on; <see cref="Duration"/> reads human ones.</param>
    /// <param name="options">The job's options; null for the queue's defaults.</param>
    /// <returns>The job; with the custom id of a stored job or the deduplication key of a live one, that job.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, infinite or too long.</exception>
    /// <inheritdoc cref="Add(string)" path="/exception"/>
    public JobHandle AddDelayed<TData>(string name, TData data, TimeSpan delay, JobOptions? options = null) =>
        Add(new JobRequest<TData>(name, data) { Options = options, Delay = Check.Delay(delay, nameof(delay)) });

    /// <summary>Adds a job if the queue has room.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="request">The job.</param>
    /// <param name="job">The job, or the default.</param>
    /// <returns>False if the queue is bounded and full.</returns>
    /// <exception cref="ArgumentException">The request has no name.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool TryAdd<TData>(in JobRequest<TData> request, out JobHandle job)
    {
        AdmissionQueue queue = UseFor(request);
        if (TryAnswer(queue, request.CustomIdOrNull, request.DeduplicationKeyOrNull, out job))
        {
            return true;
        }

        bool hasRoom = TakeRoom(queue, RoomWish.Try, 1);
        job = hasRoom ? Add(queue, request) : default;
        return hasRoom;
    }

    /// <summary>Adds a job, waiting for room in a bounded queue, in order of asking. Called from inside a handler it does not wait but goes over the bound.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="data">The payload.</param>
    /// <param name="options">The job's options; null for the queue's defaults.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is added then.</param>
    /// <returns>The job; with the custom id of a stored job or the deduplication key of a live one, that job.</returns>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public ValueTask<JobHandle> AddAsync<TData>(string name, TData data, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check.JobName(name);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<JobHandle>(cancellationToken);
        }

        AdmissionQueue queue = Use();
        if (TryAnswer(queue, options?.CustomId, options?.Deduplication?.Key, out JobHandle existing))
        {
            return new ValueTask<JobHandle>(existing);
        }

        JobDefinition definition = queue.Definitions.Get(name, options);
        if (TakeRoom(queue, WorkerCore.Current is null ? RoomWish.Try : RoomWish.Force, 1))
        {
            return new ValueTask<JobHandle>(Add(queue, definition, options, data, null));
        }

        return WaitAndAddAsync(queue, definition, options, data, cancellationToken);
    }

    /// <summary>Adds several jobs in order, all of them or none.</summary>
    /// <typeparam name="TData">The payload's type; structs are not boxed.</typeparam>
    /// <param name="jobs">The jobs.</param>
    /// <param name="handles">Takes a handle for each job, in order; an item with the custom id of a stored job or the deduplication key of a live one gets that job's.</param>
    /// <exception cref="ArgumentException">There are fewer handles than jobs, or a request has no name.</exception>
    /// <exception cref="QueueFullException">The queue is bounded and has no room for all; an item that answers with another job counts too.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public void AddBulk<TData>(ReadOnlySpan<JobRequest<TData>> jobs, Span<JobHandle> handles)
    {
        _ = _store.Engine;
        ThrowIfClosed();
        if (handles.Length < jobs.Length)
        {
            throw new ArgumentException($"There is room for {handles.Length} handles, but there are {jobs.Length} jobs.", nameof(handles));
        }

        foreach (ref readonly JobRequest<TData> request in jobs)
        {
            if (request.Name is null)
            {
                throw new ArgumentException("A request without a name is among the jobs; make requests with new JobRequest<TData>(name, data).", nameof(jobs));
            }
        }

        if (jobs.IsEmpty)
        {
            return;
        }

        AdmissionQueue queue = Use();
        TakeRoom(queue, RoomWish.Throw, jobs.Length);
        Engine engine = _store.Engine;
        int added = 0;
        try
        {
            added = engine.Bulks.Add(queue, jobs, handles, _store);
        }
        finally
        {
            if (added < jobs.Length && queue.Ledger.Room is { } room)
            {
                engine.Table.Rooms.Give(room, jobs.Length - added);
            }
        }
    }

    /// <summary>Adds several jobs in order, all of them or none.</summary>
    /// <typeparam name="TData">The payload's type; structs are not boxed.</typeparam>
    /// <param name="jobs">The jobs.</param>
    /// <returns>A handle for each job, in order; an item with the custom id of a stored job or the deduplication key of a live one gets that job's.</returns>
    /// <inheritdoc cref="AddBulk{TData}(ReadOnlySpan{JobRequest{TData}}, Span{JobHandle})" path="/exception"/>
    public JobHandle[] AddBulk<TData>(IEnumerable<JobRequest<TData>> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        JobRequest<TData>[] requests = [.. jobs];
        JobHandle[] handles = new JobHandle[requests.Length];
        AddBulk<TData>(requests, handles);
        return handles;
    }

    /// <summary>Adds a job, waits for it and returns its value. The wait is in place before the job exists, so no removal can hide the value.</summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <typeparam name="TResult">The value's type.</typeparam>
    /// <param name="name">The job's name, not empty.</param>
    /// <param name="data">The payload.</param>
    /// <param name="options">The job's options; null for the queue's defaults.</param>
    /// <param name="cancellationToken">Cancels the job; the task then ends when the job has ended. If another add made the job, it ends the wait only.</param>
    /// <returns>The value; with the custom id of a stored job or the deduplication key of a live one, that job's. Await it once, or turn it into a task with AsTask.</returns>
    /// <exception cref="JobFailedException">The job failed.</exception>
    /// <exception cref="JobCanceledException">The job was canceled.</exception>
    /// <exception cref="JobNotFoundException">The job was removed.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="OperationCanceledException">The token had fired before the call, or ended the wait for a job of another add.</exception>
    /// <inheritdoc cref="Add(string)" path="/exception"/>
    public ValueTask<TResult> RunAsync<TData, TResult>(string name, TData data, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check.JobName(name);
        cancellationToken.ThrowIfCancellationRequested();
        AdmissionQueue queue = Use();
        if (TryAnswer(queue, options?.CustomId, options?.Deduplication?.Key, out JobHandle existing))
        {
            return existing.WaitUntilFinishedAsync<TResult>(cancellationToken);
        }

        JobDefinition definition = queue.Definitions.Get(name, options);
        TakeRoom(queue, RoomWish.Throw, 1);
        JobTable table = _store.Engine.Table;
        ResultWaiter<TResult> waiter = table.RentWaiter<TResult>();
        JobHandle job = Add(queue, definition, options, data, waiter);
        return JobReader.Follow(table, waiter, job, cancellationToken);
    }

    /// <summary>Finds a job of this queue.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="job">The job, or the default.</param>
    /// <returns>False if this queue has no such job.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool TryGetJob(JobId id, out JobHandle job)
    {
        job = default;
        if (!TryUse(out AdmissionQueue queue) || !JobCopy.TryTake(_store.Engine.Table, id.ToInt64(), out JobCopy copy)
            || copy.Record.Queue != queue.Ledger.Number)
        {
            return false;
        }

        job = new JobHandle(_store, id);
        return true;
    }

    /// <summary>Finds a job of this queue by its custom id.</summary>
    /// <param name="customId">The custom id.</param>
    /// <param name="job">The job, or the default.</param>
    /// <returns>False if this queue has no such job.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool TryGetJob(string customId, out JobHandle job)
    {
        ArgumentNullException.ThrowIfNull(customId);
        job = default;
        return TryUse(out AdmissionQueue queue) && queue.Ledger.TryFindCustomId(customId, out long id) && TryGetJob(new JobId(id), out job);
    }

    /// <summary>The jobs of each state, counted at one moment.</summary>
    /// <returns>The counts; zeros for a queue that has not been used.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public JobCounts GetJobCounts() => TryUse(out AdmissionQueue queue) ? CountsOf(_store.Engine, queue.Ledger.Number) : default;

    /// <summary>
    /// Lists jobs of one state: ended ones newest end first, delayed ones as they fall due, all others oldest first. Taken while workers run it shows no
    /// job twice and every job that was in the state all the while. Costs a scan of the store.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="start">The first one, from 0.</param>
    /// <param name="end">The one after the last; beyond the end is clipped.</param>
    /// <returns>Copies.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A bound is negative, or the state is none.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public IReadOnlyList<JobInfo> GetJobs(JobState state, int start = 0, int end = int.MaxValue)
    {
        if (!Enum.IsDefined(state))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "The state is one of those that JobState names.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(end);
        return TryUse(out AdmissionQueue queue) ? JobListing.List(_store, queue.Ledger.Number, state, start, end) : [];
    }

    /// <summary>
    /// Drops this queue's subscribers and refuses further calls through this object until <see cref="JobStore.GetQueue(string)"/>
    /// is asked for the queue again. Workers, jobs, flows and waits are not concerned. Harmless if it is closed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Close()
    {
        _ = _store.Engine;
        Atomic.Write(ref _closed, true);
        Atomic.Read(ref _listened)?.Ledger.Events.UnsubscribeAll();
    }

    internal static JobCounts CountsOf(Engine engine, int number)
    {
        QueueCounts counts = QueueCounts.Read(engine.Table, number);
        return new JobCounts(
            (int)counts[JobState.WaitingChildren], (int)counts[JobState.Delayed], (int)counts[JobState.Waiting],
            (int)counts[JobState.Active], (int)counts[JobState.Completed], (int)counts[JobState.Failed], (int)counts[JobState.Canceled]);
    }

    internal void Open() => Atomic.Write(ref _closed, false);

    private async ValueTask<JobHandle> WaitAndAddAsync<TData>(AdmissionQueue queue, JobDefinition definition, JobOptions? options, TData data, CancellationToken cancellationToken)
    {
        await _store.Engine.Table.Rooms.TakeAsync([new RoomDemand(queue.Ledger.Room!, 1)], cancellationToken).ConfigureAwait(false);
        return Add(queue, definition, options, data, null);
    }

    /// <summary>Whether a live job has the key already: it is the answer, and nothing is added.</summary>
    private bool TryAnswer(AdmissionQueue queue, string? customId, string? key, out JobHandle existing)
    {
        long id = 0;
        if (customId is not null && queue.Ledger.Room is not null && queue.Jobs.TryFind(queue.Ledger, customId, out id))
        {
            queue.Jobs.AnnounceDuplicated(queue.Ledger, id);
        }
        else if (key is null || !_store.Engine.Keyed.TryAnswer(queue.Ledger, key, out id))
        {
            existing = default;
            return false;
        }

        existing = new JobHandle(_store, new JobId(id));
        return true;
    }

    private JobHandle Add<TData>(AdmissionQueue queue, in JobRequest<TData> request)
    {
        JobDefinition definition = queue.Definitions.Get(request.Name, request.Options);
        return Add(queue, definition, request.Priority ?? definition.Settings.Priority, request.Delay ?? definition.Settings.Delay, request.CustomIdOrNull, request.DeduplicationKeyOrNull, request.Data, null);
    }

    private JobHandle Add<TData>(AdmissionQueue queue, JobDefinition definition, JobOptions? options, TData data, JobWaiter? waiter) =>
        Add(queue, definition, definition.Settings.Priority, definition.Settings.Delay, options?.CustomId, options?.Deduplication?.Key, data, waiter);

    private JobHandle Add<TData>(AdmissionQueue queue, JobDefinition definition, int priority, TimeSpan delay, string? customId, string? key, TData data, JobWaiter? waiter) =>
        new(_store, new JobId(key is null
            ? queue.Jobs.Add(queue, definition, priority, delay, customId, data, waiter)
            : _store.Engine.Keyed.Add(queue, definition, priority, delay, customId, key, data, waiter)));

    private AdmissionQueue UseFor<TData>(in JobRequest<TData> request) => request.Name is null
        ? throw new ArgumentException("The request has no name; make requests with new JobRequest<TData>(name, data).", nameof(request))
        : Use();

    /// <summary>The queue, made now if this is its first use.</summary>
    private AdmissionQueue Use()
    {
        Engine engine = _store.Engine;
        ThrowIfClosed();
        return _queue ??= engine.Queues.Use(Name);
    }

    private AdmissionQueue Listen()
    {
        Engine engine = _store.Engine;
        ThrowIfClosed();
        if (Atomic.Read(ref _listened) is not { } listened)
        {
            listened = engine.Queues.Claim(Name, out _);
            Atomic.Write(ref _listened, listened);
        }

        return listened;
    }

    private bool TryUse(out AdmissionQueue queue)
    {
        Engine engine = _store.Engine;
        ThrowIfClosed();
        return engine.Queues.TryFind(Name, out queue);
    }

    private void ThrowIfClosed()
    {
        if (Atomic.Read(ref _closed))
        {
            throw new ObjectDisposedException(nameof(JobQueue), $"Queue '{Name}' was closed; ask the store for it again with GetQueue.");
        }
    }

    private bool TakeRoom(AdmissionQueue queue, RoomWish wish, int count)
    {
        if (queue.Ledger.Room is not { } room)
        {
            return true;
        }

        RoomDemand demand = new(room, count);
        bool neverFits = wish != RoomWish.Force && count > room.Capacity;
        return (!neverFits && _store.Engine.Table.Rooms.TryTake([demand], wish == RoomWish.Force) is null)
            || (wish == RoomWish.Try ? false : throw new QueueFullException(room.QueueName, room.Capacity, neverFits));
    }
}
