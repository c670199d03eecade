using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>
/// Names a job from outside its handler: safe for ever, on any thread. Once the job is gone it says so and never reaches
/// another job. The default value names none and is harmless.
/// </summary>
public readonly struct JobHandle : IEquatable<JobHandle>
{
    private readonly JobStore? _store;

    internal JobHandle(JobStore store, JobId id)
    {
        _store = store;
        Id = id;
    }

    /// <summary>The job's id.</summary>
    public JobId Id { get; }

    /// <summary>The present state; None for a job that is gone, or a disposed store. Never throws.</summary>
    public JobState State => _store?.EngineOrNull is { } engine && JobCopy.TryTake(engine.Table, Id.ToInt64(), out JobCopy copy) ? copy.State : JobState.None;

    /// <summary>Whether the job has ended or is gone.</summary>
    public bool IsFinished => State is JobState.None or JobState.Completed or JobState.Failed or JobState.Canceled;

    internal JobStore? Store => _store;

    /// <summary>Everything that can be read of the job, copied at one moment.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="JobNotFoundException">The job is gone.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobInfo GetInfo() => TryGetInfo(out JobInfo? info) ? info : throw NotFound();

    /// <summary>Everything that can be read of the job, if it is stored.</summary>
    /// <param name="info">The copy, or null.</param>
    /// <returns>False if the job is gone.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool TryGetInfo([NotNullWhen(true)] out JobInfo? info)
    {
        info = null;
        while (_store?.Engine is { } engine && JobCopy.TryTake(engine.Table, Id.ToInt64(), out JobCopy copy))
        {
            info = JobInfo.From(engine, _store, Id, copy);
            if (JobCopy.StillStands(engine.Table, Id.ToInt64(), copy))
            {
                return true;
            }
        }

        info = null;
        return false;
    }

    /// <summary>The value, if the job has completed.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value, or the default.</param>
    /// <returns>False if the job has not completed or is gone.</returns>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool TryGetResult<T>([MaybeNull] out T value)
    {
        value = default;
        return _store?.Engine is { } engine && JobReader.TryReadValue(engine.Table, Id, reader: 0, out value);
    }

    /// <summary>The children as their parent sees them, in declared order; empty for a leaf or a job that is gone.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public JobChildren Children => _store is null ? default : JobChildren.Of(_store, Id);

    /// <summary>
    /// Waits until the job has ended and returns its value; removal and disposal of the store end the wait too. It does not
    /// make the job run: a handler that waits for a job of its own queue needs a worker that has another place free.
    /// </summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <returns>The value. Await it once: what is behind it serves other waits after that; AsTask makes a task for several, or to block on.</returns>
    /// <exception cref="JobFailedException">The job failed; the handler's exception is inside.</exception>
    /// <exception cref="JobCanceledException">The job was canceled.</exception>
    /// <exception cref="JobNotFoundException">The job is gone, or was removed before it ended.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public ValueTask<T> WaitUntilFinishedAsync<T>(CancellationToken cancellationToken = default) =>
        TryWait(Timeout.InfiniteTimeSpan, cancellationToken, out ResultWaiter<T>? wait, out Exception? refusal) ? wait.Task : ValueTask.FromException<T>(refusal);

    /// <summary>Waits at most so long until the job has ended and returns its value.</summary>
    /// <param name="timeout">Zero, which answers at once, to 49 days, or infinite. Counted by the store's clock.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative or too long; all else comes out of the wait.</exception>
    /// <exception cref="TimeoutException">The time is over; the job goes on.</exception>
    /// <inheritdoc cref="WaitUntilFinishedAsync{T}(CancellationToken)"/>
    public ValueTask<T> WaitUntilFinishedAsync<T>(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryWait(Check.Limit(timeout, nameof(timeout)), cancellationToken, out ResultWaiter<T>? wait, out Exception? refusal) ? wait.Task : ValueTask.FromException<T>(refusal);

    /// <summary>Waits until the job has ended, whatever its value.</summary>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <returns>The wait. Await it once, or turn it into a task with AsTask.</returns>
    /// <inheritdoc cref="WaitUntilFinishedAsync{T}(CancellationToken)" path="/exception"/>
    public ValueTask WaitUntilFinishedAsync(CancellationToken cancellationToken = default) =>
        TryWait(Timeout.InfiniteTimeSpan, cancellationToken, out ResultWaiter<AnyValue>? wait, out Exception? refusal) ? wait.TaskWithoutValue : ValueTask.FromException(refusal);

    /// <summary>Waits at most so long until the job has ended, whatever its value.</summary>
    /// <param name="timeout">Zero, which answers at once, to 49 days, or infinite. Counted by the store's clock.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <returns>The wait. Await it once, or turn it into a task with AsTask.</returns>
    /// <inheritdoc cref="WaitUntilFinishedAsync{T}(TimeSpan, CancellationToken)" path="/exception"/>
    public ValueTask WaitUntilFinishedAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryWait(Check.Limit(timeout, nameof(timeout)), cancellationToken, out ResultWaiter<AnyValue>? wait, out Exception? refusal) ? wait.TaskWithoutValue : ValueTask.FromException(refusal);

    /// <summary>
    /// Cancels the job. One that does not run ends Canceled at once. Of an active one the token fires before this returns,
    /// and it ends Canceled when its handler has returned, by whatever way.
    /// </summary>
    /// <param name="reason">Seen by the handler and kept with the job. Of several requests at the same moment the first one's reason stays, whichever of them is answered true.</param>
    /// <param name="includeChildren">Whether its unfinished children and theirs are canceled too, from the top.</param>
    /// <returns>False if the job had ended, was asked before or is gone; nothing has changed then.</returns>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool Cancel(string? reason = null, bool includeChildren = true) =>
        _store is not null && _store.Engine.Table.IsSlot(StateWord.SlotOf(Id.ToInt64()))
        && _store.Engine.Operations.Cancel(Id.ToInt64(), reason, includeChildren);

    /// <summary>Removes the job and, if not told otherwise, everything below it: all of them or none.</summary>
    /// <param name="keepChildren">Whether the children stay and run on without a parent.</param>
    /// <returns>False if the job is gone already.</returns>
    /// <exception cref="InvalidJobStateException">The job or one below it is active; nothing was removed.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public bool Remove(bool keepChildren = false) =>
        _store is not null && _store.Engine.Table.IsSlot(StateWord.SlotOf(Id.ToInt64()))
        && _store.Engine.Operations.Remove(Id.ToInt64(), keepChildren);

    /// <summary>
    /// Starts a new life of a failed or canceled job, with all its attempts. A parent waits again for every child that has
    /// not ended. A child whose failure has reached its parent runs alone.
    /// </summary>
    /// <param name="includeCompleted">Whether a completed job is taken too.</param>
    /// <exception cref="InvalidJobStateException">The job is in another state.</exception>
    /// <exception cref="JobNotFoundException">The job is gone.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Retry(bool includeCompleted = false) => RequireOperations().Retry(Id.ToInt64(), QueueNameIfKnown(), includeCompleted);

    /// <summary>
    /// Gives the job another priority; no event tells of it. A waiting job leaves its place and joins the line of that
    /// priority, also if it is the one it had. A job that is delayed or waits for its children has it when it becomes ready.
    /// </summary>
    /// <param name="priority">Any number; lower is more urgent, 0 is the default.</param>
    /// <param name="toFront">Whether a waiting job goes to the front of that priority instead, ahead of all in it.</param>
    /// <exception cref="InvalidJobStateException">The job is active or has ended; nothing has changed.</exception>
    /// <exception cref="JobNotFoundException">The job is gone.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void ChangePriority(int priority, bool toFront = false) =>
        RequireOperations().ChangePriority(Id.ToInt64(), priority, toFront, QueueNameIfKnown());

    /// <summary>Makes a delayed job ready before its time, in the line of its priority.</summary>
    /// <exception cref="InvalidJobStateException">The job is not delayed; nothing has changed.</exception>
    /// <exception cref="JobNotFoundException">The job is gone.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Promote() => RequireOperations().Promote(Id.ToInt64(), QueueNameIfKnown());

    /// <summary>Gives a delayed job another due time; no event tells of it.</summary>
    /// <param name="delay">Above zero, up to 36,500 days, from now on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is zero, negative, infinite or too long.</exception>
    /// <exception cref="InvalidJobStateException">The job is not delayed; nothing has changed.</exception>
    /// <exception cref="JobNotFoundException">The job is gone.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void ChangeDelay(TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(delay), delay, "Another delay is above zero; Promote makes a job ready now.");
        }

        RequireOperations().ChangeDelay(Id.ToInt64(), Check.Delay(delay, nameof(delay)), QueueNameIfKnown());
    }

    /// <inheritdoc/>
    public bool Equals(JobHandle other) => Id == other.Id && ReferenceEquals(_store, other._store);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is JobHandle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The id.</summary>
    /// <returns>The id's digits.</returns>
    public override string ToString() => Id.ToString();

    /// <summary>Whether both name the same job of the same store.</summary>
    /// <param name="left">A handle.</param>
    /// <param name="right">A handle.</param>
    /// <returns>True if they are equal.</returns>
    public static bool operator ==(JobHandle left, JobHandle right) => left.Equals(right);

    /// <summary>Whether they name different jobs.</summary>
    /// <param name="left">A handle.</param>
    /// <param name="right">A handle.</param>
    /// <returns>True if they differ.</returns>
    public static bool operator !=(JobHandle left, JobHandle right) => !left.Equals(right);

    /// <summary>The token of who runs the job has fired. A disposed store ends the wait itself, and nothing is thrown at who fires it.</summary>
    internal void CancelByToken() => _store?.EngineOrNull?.Operations.Cancel(Id.ToInt64(), "The caller's token fired.", includeChildren: true);

    /// <summary>Begins a wait. What a default handle or a disposed store refuses comes out of the task, as all else that ends a wait.</summary>
    private bool TryWait<T>(TimeSpan timeout, CancellationToken cancellationToken, [NotNullWhen(true)] out ResultWaiter<T>? wait, [NotNullWhen(false)] out Exception? refusal)
    {
        Engine? engine = _store?.EngineOrNull;
        wait = engine is null ? null : JobReader.Wait<T>(engine.Table, Id, timeout, cancellationToken);
        refusal = wait is not null ? null : _store is null ? NotFound() : new ObjectDisposedException(nameof(JobStore));
        return wait is not null;
    }

    private JobStore RequireStore() => _store ?? throw NotFound();

    /// <summary>For what can be done only to a job that is there; the slot is looked up by the id's number.</summary>
    private JobOperations RequireOperations()
    {
        Engine engine = RequireStore().Engine;
        return engine.Table.IsSlot(StateWord.SlotOf(Id.ToInt64())) ? engine.Operations : throw NotFound();
    }

    private JobNotFoundException NotFound() => new(Id, QueueNameIfKnown());

    /// <summary>A removed job's record keeps the queue until its slot is used again.</summary>
    private string QueueNameIfKnown()
    {
        int slot = StateWord.SlotOf(Id.ToInt64());
        if (_store?.EngineOrNull is not { } engine || !engine.Table.IsSlot(slot))
        {
            return "";
        }

        ref JobRecord record = ref engine.Table.Record(slot);
        int queue = record.Queue;
        Threading.Atomic.ReadBarrier();
        return Threading.Atomic.Read(ref record.Id) == Id.ToInt64() ? engine.Table.Ledger(queue).Name : "";
    }
}
