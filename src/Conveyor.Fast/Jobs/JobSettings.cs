namespace Conveyor.Fast.Jobs;

/// <summary>Job options with every null filled in from the queue and the store. Holds nothing of either.</summary>
internal sealed class JobSettings
{
    private const int StandardHistory = 32;
    public static readonly JobSettings Default = new(JobOptions.None, JobOptions.None, JobOptions.None);

    /// <param name="own">The job's.</param>
    /// <param name="queue">The queue's defaults.</param>
    /// <param name="store">The store's defaults.</param>
    /// <param name="lifo">The queue's mode, for jobs about which no options say anything.</param>
    public JobSettings(JobOptions own, JobOptions queue, JobOptions store, bool lifo = false)
    {
        Attempts = own.Attempts ?? queue.Attempts ?? store.Attempts ?? 1;
        Backoff = own.Backoff ?? queue.Backoff ?? store.Backoff;
        Delay = own.Delay ?? queue.Delay ?? store.Delay ?? TimeSpan.Zero;
        Priority = own.Priority ?? queue.Priority ?? store.Priority ?? 0;
        Lifo = own.Lifo ?? queue.Lifo ?? store.Lifo ?? lifo;
        Policy = own.FailParentOnChildFailure ?? queue.FailParentOnChildFailure ?? store.FailParentOnChildFailure ?? ChildFailurePolicy.Fail;
        OnComplete = own.RemoveOnComplete ?? queue.RemoveOnComplete ?? store.RemoveOnComplete;
        OnFail = own.RemoveOnFail ?? queue.RemoveOnFail ?? store.RemoveOnFail;
        TimeSpan timeout = own.Timeout ?? queue.Timeout ?? store.Timeout ?? System.Threading.Timeout.InfiniteTimeSpan;
        Timeout = timeout == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.Zero : timeout;
        MaxStalls = own.MaxStalls ?? queue.MaxStalls ?? store.MaxStalls ?? 1;
        AttemptsKept = own.AttemptHistory ?? queue.AttemptHistory ?? store.AttemptHistory ?? StandardHistory;
        HasOwnBounds = OnComplete is not null || OnFail is not null;
    }

    public int Attempts { get; }

    public Backoff? Backoff { get; }

    public TimeSpan Delay { get; }

    public int Priority { get; }

    public bool Lifo { get; }

    public ChildFailurePolicy Policy { get; }

    /// <summary>How long a run may take; zero for any time.</summary>
    public TimeSpan Timeout { get; }

    public int MaxStalls { get; }

    /// <summary>How many earlier runs are remembered.</summary>
    public int AttemptsKept { get; }

    /// <summary>Null: the store's bound.</summary>
    public Retention? OnComplete { get; }

    /// <summary>Null: the store's bound.</summary>
    public Retention? OnFail { get; }

    /// <summary>Whether one of the two is set.</summary>
    public bool HasOwnBounds { get; }
}
