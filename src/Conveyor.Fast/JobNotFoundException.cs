namespace Conveyor.Fast;

/// <summary>There is no such job: never added, or removed.</summary>
public sealed class JobNotFoundException : ConveyorException
{
    internal JobNotFoundException(JobId id, string queueName, string? detail = null)
        : base($"Job {id}{(queueName.Length == 0 ? "" : $" of queue '{queueName}'")} is not stored{(detail is null ? ": it was removed, or never added to this store." : $": {detail}")}")
    {
        Id = id;
        QueueName = queueName;
    }

    /// <summary>The job asked for.</summary>
    public JobId Id { get; }

    /// <summary>Its queue; empty if that is not known.</summary>
    public string QueueName { get; }
}
