namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Somebody who waits for room to add a job or a flow.</summary>
internal sealed class ReferenceAdder(JobPlan plan, bool isFlow, ReferenceWait wait)
{
    public JobPlan Plan => plan;

    public bool IsFlow => isFlow;

    public ReferenceWait Wait => wait;

    /// <summary>It has the room; its jobs come before the step is over.</summary>
    public bool IsServed { get; set; }
}
