using Microsoft.Extensions.Logging;

namespace Conveyor.Fast;

/// <summary>Options of a store. Immutable.</summary>
public sealed class JobStoreOptions
{
    private readonly int _maxFlowJobs = 10_000_000;
    private readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Every clock read and timer of the store. Default <see cref="System.TimeProvider.System"/>. With a fake one nothing falls due until it is advanced.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The clock of pump budgets only. Default the system's.</summary>
    public TimeProvider BudgetClock { get; init; } = TimeProvider.System;

    /// <summary>Makes ids and jitter repeatable. Default null: by chance.</summary>
    public int? RandomSeed { get; init; }

    /// <summary>Where errors go that no subscriber listens for. Default null: standard error, once per kind and second.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>What all jobs inherit, after their queue's defaults.</summary>
    public JobOptions? DefaultJobOptions { get; init; }

    /// <summary>How many ended jobs each queue keeps.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>How long <see cref="JobStore.DisposeAsync"/> waits for running handlers. Default 30 seconds; zero or more, or infinite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite.</exception>
    public TimeSpan CloseTimeout
    {
        get => _closeTimeout;
        init => _closeTimeout = Admission.Check.Limit(value, nameof(CloseTimeout));
    }

    /// <summary>How many jobs one flow may have, at least 1. Default 10,000,000. Counted before memory is taken.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxFlowJobs
    {
        get => _maxFlowJobs;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxFlowJobs));
            _maxFlowJobs = value;
        }
    }
}
