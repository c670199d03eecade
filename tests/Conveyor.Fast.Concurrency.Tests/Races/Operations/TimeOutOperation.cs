using Conveyor.Fast.Execution;

namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A run's time is over, with no attempt left: its job fails.</summary>
internal sealed class TimeOutOperation() : TakingOperation("time out")
{
    protected override bool TryTake(Hand hand, JobRun run, long number) => hand.TryTimeOut(run, number);
}
