using Conveyor.Fast.Execution;

namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run's worker does not wait for it any longer, and its job survives no stall: it fails.</summary>
internal sealed class StallOutOperation() : TakingOperation("stall out")
{
    public override int MaxStalls => 0;

    protected override bool TryTake(Hand hand, JobRun run, long number) => hand.TryStall(run, number);
}
