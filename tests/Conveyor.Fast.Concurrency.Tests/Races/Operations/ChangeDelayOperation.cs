namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A delayed job is delayed anew.</summary>
internal sealed class ChangeDelayOperation() : DelayedOperation("change of delay")
{
    private static readonly TimeSpan s_changed = TimeSpan.FromDays(2);

    protected override void Do(JobHandle job) => job.ChangeDelay(s_changed);
}
