namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What the jobs of queue "a" inherit.</summary>
internal sealed record QueueDefaults
{
    public int? Priority { get; init; }

    public int? KeepCompleted { get; init; }

    public int? KeepFailed { get; init; }

    public int? Delay { get; init; }

    public override string ToString()
    {
        List<string> set = [];
        JobPlan.Say(set, Priority is not null, $"Priority = {Priority}");
        JobPlan.Say(set, KeepCompleted is not null, $"KeepCompleted = {KeepCompleted}");
        JobPlan.Say(set, KeepFailed is not null, $"KeepFailed = {KeepFailed}");
        JobPlan.Say(set, Delay is not null, $"Delay = {Delay}");
        return $"new() {{ {string.Join(", ", set)} }}";
    }
}
