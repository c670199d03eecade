namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What a job is run with by someone who may lose patience.</summary>
internal sealed class ReferenceToken
{
    /// <summary>Null until the call has returned.</summary>
    public ReferenceWait? Wait { get; set; }

    public bool HasFired { get; set; }
}
