namespace Conveyor.Fast.Jobs;

/// <summary>
/// The room of one bounded queue. All rooms of a store share one lock, so that a flow takes its room in all its queues or
/// none; waiters are served in order and nobody overtakes them.
/// </summary>
internal sealed class QueueRoom(string queueName, int capacity)
{
    public string QueueName => queueName;

    public int Capacity => capacity;

    /// <summary>Jobs that take room; over the capacity by what handlers and retries forced in. Written under the rooms' lock.</summary>
    public int Taken { get; set; }
}
