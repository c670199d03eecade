namespace Conveyor.Fast;

/// <summary>A job was still running when its worker was closed, and the worker did not wait any longer (<see cref="JobOptions.MaxStalls"/>).</summary>
public sealed class JobStalledException : ConveyorException
{
    internal JobStalledException(int stalls, int maxStalls)
        : base($"The job stalled: its worker was closed while it ran. Stalls: {stalls}, allowed: {maxStalls}.")
    {
        Stalls = stalls;
    }

    /// <summary>How often the job has stalled in this life.</summary>
    public int Stalls { get; }
}
