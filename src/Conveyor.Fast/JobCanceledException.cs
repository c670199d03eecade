namespace Conveyor.Fast;

/// <summary>A job that somebody waited for was canceled.</summary>
public sealed class JobCanceledException : ConveyorException
{
    internal JobCanceledException(JobId id, string name, string queueName, string? reason, Exception? error)
        : base($"Job '{name}' ({id}) of queue '{queueName}' was canceled{(reason is null ? "." : $": {reason}")}", error)
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

    /// <summary>The reason that was given, if any.</summary>
    public string? Reason { get; }
}
