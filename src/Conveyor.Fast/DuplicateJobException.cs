namespace Conveyor.Fast;

/// <summary>A flow names a custom id that a stored job of the queue has already. Nothing was added.</summary>
public sealed class DuplicateJobException : ConveyorException
{
    internal DuplicateJobException(string queueName, string customId, JobId existing, string path)
        : base($"The flow's node at {path} has the custom id '{customId}', which job {existing} of queue '{queueName}' has already; the flow was not added.")
    {
        QueueName = queueName;
        CustomId = customId;
        ExistingId = existing;
        Path = path;
    }

    /// <summary>The queue.</summary>
    public string QueueName { get; }

    /// <summary>The custom id.</summary>
    public string CustomId { get; }

    /// <summary>The job that has it.</summary>
    public JobId ExistingId { get; }

    /// <summary>The node of the flow, such as <c>children[2].children[0]</c>.</summary>
    public string Path { get; }
}
