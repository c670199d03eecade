namespace Conveyor.Fast;

/// <summary>Options of a queue, given once by <see cref="JobStore.GetQueue(string, JobQueueOptions)"/>. Immutable.</summary>
public sealed class JobQueueOptions
{
    internal static readonly JobQueueOptions Default = new();
    private readonly int? _capacity;
    private readonly int _guard;

    /// <summary>What jobs of this queue inherit. Its <see cref="JobOptions.CustomId"/> and <see cref="JobOptions.Deduplication"/> are not inherited.</summary>
    public JobOptions? DefaultJobOptions { get; init; }

    /// <summary>Whether the newest job of a priority is served first. Default false.</summary>
    public bool Lifo { get; init; }

    /// <summary>
    /// How many jobs may be stored and not ended, at least 1. Default null: no bound. A full queue makes AddAsync wait,
    /// TryAdd answer false, and Add, AddBulk and RunAsync throw.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Capacity
    {
        get => _capacity;
        init
        {
            if (value is { } capacity)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1, nameof(Capacity));
            }

            _capacity = value;
        }
    }

    /// <summary>
    /// Every so many takes the least urgent priority is served once, so that it can not starve. Default 0: never, and the
    /// order is exact.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int StarvationGuard
    {
        get => _guard;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(StarvationGuard));
            _guard = value;
        }
    }
}
