using Conveyor.Fast.Execution;

namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run's worker does not wait for it any longer: its job waits again.</summary>
internal sealed class StallOperation() : TakingOperation("stall")
{
    protected override bool TryTake(Hand hand, JobRun run, long number) => hand.TryStall(run, number);
}
