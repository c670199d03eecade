namespace Conveyor.Fast;

/// <summary>An immutable copy of what can be read of a schedule, taken at one moment.</summary>
public sealed class JobSchedule
{
    internal JobSchedule()
    {
    }

    /// <summary>Its id, unique in its queue.</summary>
    public required string Id { get; init; }

    /// <summary>Its queue.</summary>
    public required string QueueName { get; init; }

    /// <summary>The name of its jobs.</summary>
    public required string JobName { get; init; }

    /// <summary>When its jobs are due.</summary>
    public required RepeatOptions Repeat { get; init; }

    /// <summary>Its job that had not ended; the default handle when the schedule was over.</summary>
    public JobHandle Job { get; init; }

    /// <summary>When that job is, or was, due; null when the schedule was over.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Which one that job is, from 1; null when the schedule was over. One that ended without having run is not counted.</summary>
    public long? OccurrenceNumber { get; init; }

    /// <summary>Id, queue and due time.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Id} in '{QueueName}': {(DueAt is { } due ? $"due {due:u}" : "over")}";
}
