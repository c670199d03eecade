namespace Conveyor.Fast;

/// <summary>A job that somebody waited for has failed. The handler's exception, if there was one, is inside.</summary>
public sealed class JobFailedException : ConveyorException
{
    internal JobFailedException(JobId id, string name, string queueName, string? reason, Exception? error)
        : base($"Job '{name}' ({id}) of queue '{queueName}' failed{(reason is null ? "." : $": {reason}")}", error)
    {
        Id = id;
        JobName = name;
        QueueName = queueName;
        Reason = reason;
    }

    /// <summary>The job.</summary>
    public JobId Id { get; }

    /// <summary>Its name.</summary>
    public string JobName { get; }

    /// <summary>Its queue.</summary>
    public string QueueName { get; }

    /// <summary>Why it failed; for a parent that failed through a child, the child and its reason.</summary>
    public string? Reason { get; }
}
