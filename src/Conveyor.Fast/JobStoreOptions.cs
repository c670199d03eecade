using Microsoft.Extensions.Logging;

namespace Conveyor.Fast;

/// <summary>Options of a store. Immutable.</summary>
public sealed class JobStoreOptions
{
    private readonly TimeProvider _timeProvider = TimeProvider.System;
    private readonly TimeProvider _budgetClock = TimeProvider.System;
    private readonly RetentionOptions _retention = new();
    private readonly int _maxFlowJobs = 10_000_000;
    private readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Every clock read and timer of the store. Default <see cref="System.TimeProvider.System"/>, where a thread that sleeps takes the place of the store's timer, which is late by up to twice the kernel's tick. With a fake one nothing falls due until it is advanced. While one of your own throws, the store goes on with the time it has seen last, in calls of yours too, and announces an error when next it looks for what is due; only the making of a store, of its first threaded worker and of a wait with a time limit throws on.</summary>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    public TimeProvider TimeProvider
    {
        get => _timeProvider;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(TimeProvider));
            _timeProvider = value;
        }
    }

    /// <summary>The clock of pump budgets only. Default the system's.</summary>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    public TimeProvider BudgetClock
    {
        get => _budgetClock;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(BudgetClock));
            _budgetClock = value;
        }
    }

    /// <summary>Makes ids and jitter repeatable. Default null: by chance.</summary>
    public int? RandomSeed { get; init; }

    /// <summary>Where errors go that no subscriber listens for. Default null: standard error, once per kind and second.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>What all jobs inherit, after their queue's defaults. Its <see cref="JobOptions.CustomId"/> and <see cref="JobOptions.Deduplication"/> are not inherited.</summary>
    public JobOptions? DefaultJobOptions { get; init; }

    /// <summary>Which ended jobs each queue keeps.</summary>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    public RetentionOptions Retention
    {
        get => _retention;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Retention));
            _retention = value;
        }
    }

    /// <summary>How long <see cref="JobStore.DisposeAsync"/> waits for running handlers, by the store's clock; once their tokens have fired they have one second more. Default 30 seconds; zero to 49 days, or infinite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 49 days, and not infinite.</exception>
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
