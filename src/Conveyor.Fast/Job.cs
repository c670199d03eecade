using System.Runtime.CompilerServices;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>
/// The running job, as its handler sees it; valid until the handler returns. Used later it throws and never reaches
/// another job: what outlives the handler uses <see cref="Handle"/>.
/// </summary>
public readonly struct Job : IEquatable<Job>
{
    private readonly JobRun? _run;
    private readonly long _number;

    internal Job(JobRun run, long number)
    {
        _run = run;
        _number = number;
    }

    /// <summary>A handle that outlives the handler.</summary>
    public JobHandle Handle => new(Run.Store, Id);

    /// <summary>The job's id.</summary>
    public JobId Id => new(Valid(Run.Table.Record(Slot).Id));

    /// <summary>The job's name.</summary>
    public string Name => Definition.Name;

    /// <summary>The queue it is in. One that was closed stays closed.</summary>
    public JobQueue Queue => Run.Store.ViewOf(QueueName);

    /// <summary>Its queue's name.</summary>
    public string QueueName => Run.Table.Ledger(Valid(Run.Table.Record(Slot).Queue)).Name;

    /// <summary>Runs that have ended before this one; 0 in the first. Once the job was failed, timed out or taken over while its handler goes on, that counts too.</summary>
    public int AttemptsMade => Valid(Run.Table.Record(Slot).AttemptsMade);

    /// <summary>The parent it was added under, or else the first that attached to it; null for none.</summary>
    public JobId? ParentId => AllParents.FirstId;

    /// <summary>The parent's queue; null for none.</summary>
    public string? ParentQueueName => AllParents.FirstQueue is { } queue ? Run.Table.Ledger(queue).Name : null;

    /// <summary>All its parents at this moment: the first, then those that attached.</summary>
    public IReadOnlyList<JobId> Parents => AllParents.Ids();

    /// <summary>
    /// Fires when the job is canceled, over its time limit, failed by hand or obliterated, or when its worker stops waiting for
    /// it. One source serves many runs: after the handler has returned the token is void.
    /// </summary>
    public CancellationToken CancellationToken => Valid(Run.Token(_number));

    /// <summary>The reason given with the cancel; null without one.</summary>
    public string? CancelReason => Run.ReasonOf(_number)?.Text;

    /// <summary>The id of the schedule that made the job, in its queue; null for none.</summary>
    public string? ScheduleId => Definition.Occurrence?.ScheduleId;

    /// <summary>Which one of its schedule the job is, from 1; null for none.</summary>
    public long? OccurrenceNumber => Definition.Occurrence?.Number;

    /// <summary>The children, in declared order, without allocating.</summary>
    public JobChildren Children => Valid(JobChildren.OfRun(Run.Store, Run.Table, Slot));

    private JobRun Run => _run is not null && _run.IsInHand(_number)
        ? _run
        : throw new InvalidOperationException("This Job is not valid any more: its handler has returned. Keep job.Handle or job.Handle.GetInfo() instead.");

    private JobParents AllParents
    {
        get
        {
            ref JobRecord record = ref Run.Table.Record(Slot);
            return Valid(JobParents.Of(Run.Table, record, Atomic.Read(ref record.Word)));
        }
    }

    private JobDefinition Definition => Valid(Run.Table.References(Slot).Definition);

    private int Slot => StateWord.SlotOf(_number);

    /// <summary>The payload.</summary>
    /// <typeparam name="T">The payload's type; a struct is not boxed.</typeparam>
    /// <returns>The payload; null or the default where none was given and the type allows null.</returns>
    /// <exception cref="InvalidCastException">The payload is of another type.</exception>
    public T GetData<T>()
    {
        JobRun run = Run;
        object? cell = run.Table.References(Slot).Data;
        bool isOfType = ValueCell.TryLoad(cell, run.Table.Details(Slot).DataBits, out T? data);
        return Valid(isOfType)
            ? data!
            : throw new InvalidCastException($"The payload of job '{Name}' ({Id}) is {(cell is null ? "null" : $"of type {ValueCell.TypeOf(cell)}")}, not of type {typeof(T)}.");
    }

    /// <summary>A page of the direct children, with counts by kind.</summary>
    /// <param name="start">The first child, from 0.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>A copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public JobDependencies GetDependencies(int start = 0, int count = int.MaxValue) => Valid(JobDependencies.Of(Children, start, count));

    /// <summary>The values of the completed children in declared order; a null value is an entry, a child without a value none.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <returns>A list of its own.</returns>
    /// <exception cref="InvalidCastException">A value is of another type.</exception>
    public IReadOnlyList<T> GetChildrenValues<T>()
    {
        List<T> values = [];
        foreach (JobChild child in Children)
        {
            if (child.TryGetValue(out T? value))
            {
                values.Add(value!);
            }
        }

        return Valid(values);
    }

    /// <summary>The values of the completed children by id, in declared order.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <returns>A dictionary of its own.</returns>
    /// <exception cref="InvalidCastException">A value is of another type.</exception>
    public IReadOnlyDictionary<JobId, T> GetChildrenValuesById<T>()
    {
        OrderedDictionary<JobId, T> values = [];
        foreach (JobChild child in Children)
        {
            if (child.TryGetValue(out T? value))
            {
                values[child.Job.Id] = value!; // One job may be a child twice.
            }
        }

        return Valid(values);
    }

    /// <summary>The reasons of the children that ended badly, by id, in declared order.</summary>
    /// <returns>A dictionary of its own.</returns>
    public IReadOnlyDictionary<JobId, string> GetChildrenFailures()
    {
        OrderedDictionary<JobId, string> failures = [];
        foreach (JobChild child in Children)
        {
            if (child.Reason is { } reason)
            {
                failures[child.Job.Id] = reason;
            }
        }

        return Valid(failures);
    }

    /// <summary>The parent, if there is one and it is stored; also across queues.</summary>
    /// <param name="parent">The parent, or the default.</param>
    /// <returns>False if there is none.</returns>
    public bool TryGetParent(out JobHandle parent)
    {
        parent = default;
        return ParentId is { } id && Run.Store.TryGetJob(id, out parent);
    }

    /// <summary>Keeps a line with the record of this run (<see cref="JobAttempt.Log"/>); of more than 1,000 the newest stay. Any thread may call it while the handler runs.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="ArgumentNullException">There is no line.</exception>
    public void Log(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Run.HistoryOf(_number)?.Log(line);
    }

    /// <summary>Whatever attempts the job has left, the failure of this run is its last.</summary>
    public void Discard() => Run.HistoryOf(_number)?.Discard();

    /// <summary>
    /// Asks for the job to run again after a delay, without counting this run as an attempt. It stays active until the
    /// handler has returned; if the handler throws, the failure counts and the move does not. Without effect once the job
    /// was taken from this run (<see cref="JobOptions.Timeout"/>).
    /// </summary>
    /// <param name="delay">Zero to 36,500 days, counted from the handler's return.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, infinite or too long; nothing is asked for.</exception>
    public void MoveToDelayed(TimeSpan delay) => Run.TryWish(_number, RunWish.Delay, Admission.Check.Delay(delay, nameof(delay)));

    /// <summary>Asks for the job to run again, first of its priority; as <see cref="MoveToDelayed"/> otherwise.</summary>
    public void MoveToWaiting() => Run.TryWish(_number, RunWish.Wait, TimeSpan.Zero);

    /// <summary>
    /// Fails the job at once and for good, whatever attempts it has left: its parents and waiters hear of it now, its token
    /// fires, and what the handler returns later is dropped. The handler keeps its place in the worker until it returns.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <returns>False if the job was taken from this run before.</returns>
    /// <exception cref="ArgumentNullException">There is no reason.</exception>
    public bool MoveToFailed(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        JobRun run = Run;
        return run.Store.EngineOrNull is { } engine && engine.Dispatcher.Reclaimer.Fail(run, _number, reason);
    }

    /// <summary>
    /// What was read of the job, if its run is still in hand: a thread that the handler left behind may have read it of the
    /// slot's next job. A slot is filled anew only after the run's owner has claimed its end, or its number was taken back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Valid<T>(T read)
    {
        Atomic.ReadBarrier();
        _ = Run;
        return read;
    }

    /// <inheritdoc/>
    public bool Equals(Job other) => ReferenceEquals(_run, other._run) && _number == other._number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Job other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _number.GetHashCode();

    /// <summary>Whether both are the same run of the same job.</summary>
    /// <param name="left">A job.</param>
    /// <param name="right">A job.</param>
    /// <returns>True if they are equal.</returns>
    public static bool operator ==(Job left, Job right) => left.Equals(right);

    /// <summary>Whether they are different runs.</summary>
    /// <param name="left">A job.</param>
    /// <param name="right">A job.</param>
    /// <returns>True if they differ.</returns>
    public static bool operator !=(Job left, Job right) => !left.Equals(right);
}
