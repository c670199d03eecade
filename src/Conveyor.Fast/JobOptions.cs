namespace Conveyor.Fast;

/// <summary>
/// Options of a job. Everything that is not set is inherited from the queue's defaults, then from the store's. Immutable:
/// one object serves any number of jobs, queues and stores, and roots none of them.
/// </summary>
public sealed class JobOptions
{
    internal static readonly JobOptions None = new();
    private readonly int? _attempts;
    private readonly int? _maxStalls;
    private readonly int? _attemptHistory;
    private readonly TimeSpan? _timeout;
    private readonly ChildFailurePolicy? _policy;
    private readonly string? _customId;
    private readonly TimeSpan? _delay;

    /// <summary>How often the handler may run in all, at least 1. Default 1: the first failure is final.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Attempts
    {
        get => _attempts;
        init
        {
            if (value is { } attempts)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1, nameof(Attempts));
            }

            _attempts = value;
        }
    }

    /// <summary>How long a failed job waits before its next attempt. Default: not at all.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>
    /// How long each run of the handler may take, counted from its start; by default any time. At the limit the run's token
    /// fires and the attempt has failed with a <see cref="JobTimeoutException"/>. With attempts left the job goes on once the
    /// handler has returned; without, or if it has not returned within <see cref="WorkerOptions.AbandonAfter"/>, it fails
    /// while the handler keeps its place in the worker. Above zero and at most 36,500 days, or
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none whatever the queue's and the store's defaults are.
    /// Never early, and at most 10 ms late by the system's clock.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is zero, negative or too long, and not infinite.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init => _timeout = value is { } limit ? Admission.Check.RunLimit(limit, nameof(Timeout)) : null;
    }

    /// <summary>How often the job may stall (its worker is closed and does not wait for it) and run again; one more fails it. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int? MaxStalls
    {
        get => _maxStalls;
        init
        {
            if (value is { } stalls)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(stalls, nameof(MaxStalls));
            }

            _maxStalls = value;
        }
    }

    /// <summary>How many earlier runs are remembered with their errors (<see cref="JobInfo.History"/>), the newest ones; 0 for none. Default 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int? AttemptHistory
    {
        get => _attemptHistory;
        init
        {
            if (value is { } kept)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(kept, nameof(AttemptHistory));
            }

            _attemptHistory = value;
        }
    }

    /// <summary>
    /// How long the job waits before it can start, zero to 36,500 days. Counted from the add; of a parent from when its
    /// children have settled. Default zero: not at all. A retry does not delay again.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or too long.</exception>
    public TimeSpan? Delay
    {
        get => _delay;
        init => _delay = value is { } delay ? Admission.Check.Delay(delay, nameof(Delay)) : null;
    }

    /// <summary>Lower is more urgent, any 32-bit number. Default 0. Priorities 0 to 7 take the lock-free path.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether the job goes to the front of its priority instead of the end of the line. Default: the queue's <see cref="JobQueueOptions.Lifo"/>.</summary>
    public bool? Lifo { get; init; }

    /// <summary>
    /// A name of the user's own, unique in its queue while the job is stored (jobId in a flow file): 1 to 255 characters, no
    /// control characters; empty counts as none. A plain add with the id of a stored job adds nothing and answers with
    /// that job; a bulk needs room for it all the same.
    /// </summary>
    /// <exception cref="ArgumentException">The text is too long or has control characters.</exception>
    public string? CustomId
    {
        get => _customId;
        init => _customId = string.IsNullOrEmpty(value) ? null : Admission.Check.CustomId(value, nameof(CustomId));
    }

    /// <summary>
    /// How an add finds out that its job is there already; the job's own, not inherited. Default: not at all. Only a job
    /// without children may have it.
    /// </summary>
    public Deduplication? Deduplication { get; init; }

    /// <summary>What a child's failure does to this job as a parent. Default <see cref="ChildFailurePolicy.Fail"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the policies.</exception>
    public ChildFailurePolicy? FailParentOnChildFailure
    {
        get => _policy;
        init => _policy = value is null or ChildFailurePolicy.Fail or ChildFailurePolicy.Ignore or ChildFailurePolicy.Remove
            ? value
            : throw new ArgumentOutOfRangeException(nameof(FailParentOnChildFailure), value, "The policy is one of Fail, Ignore and Remove.");
    }

    /// <summary>How long the job is kept once completed. Default: the store's bound.</summary>
    public Retention? RemoveOnComplete { get; init; }

    /// <summary>How long the job is kept once failed or canceled. Default: the store's bound.</summary>
    public Retention? RemoveOnFail { get; init; }
}
