using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <summary>One job to be added, with what differs from job to job beside the shared options.</summary>
/// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
/// <param name="name">The job's name, not empty.</param>
/// <param name="data">The payload, handed over by reference or copied whole; never serialized.</param>
/// <exception cref="ArgumentException">The name is null or empty.</exception>
public readonly struct JobRequest<TData>(string name, TData data)
{
    private readonly string? _customId;
    private readonly string? _deduplicationKey;
    private readonly TimeSpan? _delay;

    /// <summary>The job's name.</summary>
    public string Name { get; } = Check.JobName(name);

    /// <summary>The payload.</summary>
    public TData Data { get; } = data;

    /// <summary>Shared options; null for the queue's defaults.</summary>
    public JobOptions? Options { get; init; }

    /// <summary>Overrides the options' priority.</summary>
    public int? Priority { get; init; }

    /// <summary>Overrides the options' delay; zero for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or longer than 36,500 days.</exception>
    public TimeSpan? Delay
    {
        get => _delay;
        init => _delay = value is { } delay ? Check.Delay(delay, nameof(Delay)) : null;
    }

    /// <summary>Overrides the options' custom id; empty counts as none.</summary>
    /// <exception cref="ArgumentException">The text is too long or has control characters.</exception>
    public string? CustomId
    {
        get => _customId;
        init => _customId = string.IsNullOrEmpty(value) ? null : Check.CustomId(value, nameof(CustomId));
    }

    /// <summary>Overrides the options' deduplication key (<see cref="Deduplication.ByKey"/>); empty counts as none.</summary>
    /// <exception cref="ArgumentException">The text is too long or has control characters.</exception>
    public string? DeduplicationKey
    {
        get => _deduplicationKey;
        init => _deduplicationKey = string.IsNullOrEmpty(value) ? null : Check.DeduplicationKey(value, nameof(DeduplicationKey));
    }

    internal string? DeduplicationKeyOrNull => _deduplicationKey ?? Options?.Deduplication?.Key;

    internal string? CustomIdOrNull => _customId ?? Options?.CustomId;
}
