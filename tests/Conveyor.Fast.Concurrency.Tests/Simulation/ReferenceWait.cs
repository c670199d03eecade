namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Somebody who waits for a job's end, or, without a job, for the end of something else.</summary>
internal sealed class ReferenceWait(ReferenceJob? job, TimeSpan? until)
{
    public ReferenceJob? Job => job;

    public TimeSpan? Until => until;

    /// <summary>Null while it is under way.</summary>
    public string? Outcome { get; set; }
}
