namespace Conveyor.Fast;

/// <summary>The job is in a state in which it can not be changed so.</summary>
public sealed class InvalidJobStateException : ConveyorException
{
    internal InvalidJobStateException(JobId id, JobState current, string verb, string expected)
        : base($"Job {id} can not be {verb}: it is {current}, expected {expected}.")
    {
        Id = id;
        Current = current;
        Expected = expected;
    }

    /// <summary>The job.</summary>
    public JobId Id { get; }

    /// <summary>The state it was found in.</summary>
    public JobState Current { get; }

    /// <summary>The states in which it could have been changed so.</summary>
    public string Expected { get; }
}
