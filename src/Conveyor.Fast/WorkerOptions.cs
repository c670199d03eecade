namespace Conveyor.Fast;

/// <summary>Options of a worker. Immutable.</summary>
public sealed class WorkerOptions
{
    private readonly int _concurrency = 1;
    private readonly string? _name;
    private readonly WorkerMode _mode;
    private readonly WaitStrategy _waitStrategy;
    private readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _abandonAfter = TimeSpan.FromSeconds(30);

    /// <summary>How many jobs may run at once, from 1 to 65,536. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above 65,536.</exception>
    public int Concurrency
    {
        get => _concurrency;
        init => _concurrency = Admission.Check.Concurrency(value, nameof(Concurrency));
    }

    /// <summary>Where the loops run. Default <see cref="WorkerMode.ThreadPool"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the modes.</exception>
    public WorkerMode Mode
    {
        get => _mode;
        init => _mode = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Mode), value, "The mode is one of ThreadPool, Dedicated and Pumped.");
    }

    /// <summary>What an idle loop does before it sleeps. Default <see cref="WaitStrategy.Default"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the strategies.</exception>
    public WaitStrategy WaitStrategy
    {
        get => _waitStrategy;
        init => _waitStrategy = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(WaitStrategy), value, "The strategy is one of Default, Spin, Yield and Park.");
    }

    /// <summary>The worker's name, recorded on the jobs it runs: 1 to 255 characters, no control characters. Default: made of the queue's name and a number.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long or has control characters.</exception>
    public string? Name
    {
        get => _name;
        init => _name = value is null ? null : Admission.Check.WorkerName(value, nameof(Name));
    }

    /// <summary>Whether the worker starts when it is made. Default true.</summary>
    public bool AutoStart { get; init; } = true;

    /// <summary>How long <see cref="Worker.CloseAsync(CancellationToken)"/> waits for running handlers, by the store's clock; once their tokens have fired they have one second more. Default 30 seconds; zero to 49 days, or infinite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 49 days, and not infinite.</exception>
    public TimeSpan CloseTimeout
    {
        get => _closeTimeout;
        init => _closeTimeout = Admission.Check.Limit(value, nameof(CloseTimeout));
    }

    /// <summary>
    /// How long the handler of a run that timed out with attempts left may take to return before its job is failed for good.
    /// Default 30 seconds; zero to 49 days, or infinite.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 49 days, and not infinite.</exception>
    public TimeSpan AbandonAfter
    {
        get => _abandonAfter;
        init => _abandonAfter = Admission.Check.Limit(value, nameof(AbandonAfter));
    }
}
