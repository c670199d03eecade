namespace Conveyor.Fast;

/// <summary>A run took longer than its job's time limit (<see cref="JobOptions.Timeout"/>): the attempt has failed.</summary>
public sealed class JobTimeoutException : ConveyorException
{
    internal JobTimeoutException(TimeSpan limit)
        : base($"The run took longer than its time limit of {limit}.")
    {
        Limit = limit;
    }

    /// <summary>The limit.</summary>
    public TimeSpan Limit { get; }
}
