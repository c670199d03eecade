namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A delayed job is promoted by hand.</summary>
internal sealed class PromoteOperation() : DelayedOperation("promotion by hand")
{
    protected override void Do(JobHandle job) => job.Promote();
}
