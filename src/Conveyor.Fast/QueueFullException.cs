namespace Conveyor.Fast;

/// <summary>A bounded queue has no room. Nothing was added.</summary>
public sealed class QueueFullException : ConveyorException
{
    internal QueueFullException(string queueName, int capacity, bool neverFits)
        : base(neverFits
            ? $"Queue '{queueName}' has a Capacity of {capacity}, which is less than what is to be added at once; add fewer jobs or raise it."
            : $"Queue '{queueName}' is full: its Capacity of {capacity} is taken by jobs that have not ended. Use AddAsync to wait for room or TryAdd to do without.")
    {
        QueueName = queueName;
        Capacity = capacity;
    }

    /// <summary>The queue.</summary>
    public string QueueName { get; }

    /// <summary>Its bound.</summary>
    public int Capacity { get; }
}
