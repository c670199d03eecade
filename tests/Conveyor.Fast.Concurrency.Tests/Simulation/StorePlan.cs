namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>The store of a story: its bounds and its pumped workers, in order of their making.</summary>
internal sealed record StorePlan(params WorkerPlan[] Workers)
{
    private static readonly DateTimeOffset s_newYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the clock shows at first.</summary>
    public DateTimeOffset Begin { get; init; } = s_newYear;

    /// <summary>Null for the default bound, 0 for at once.</summary>
    public int? KeepCompleted { get; init; }

    public int? KeepFailed { get; init; }

    /// <summary>For how many minutes, completed or failed; null for any time.</summary>
    public int? KeepMinutes { get; init; }

    public KeepBound OnComplete => new(KeepCompleted, KeepMinutes);

    public KeepBound OnFail => new(KeepFailed, KeepMinutes);

    /// <summary>The bound of queue "b"; null for none.</summary>
    public int? Capacity { get; init; }

    /// <summary>Whether queue "c" serves the newest first.</summary>
    public bool Lifo { get; init; }

    /// <summary>The defaults of queue "a"; null for none.</summary>
    public QueueDefaults? Defaults { get; init; }

    public override string ToString()
    {
        List<string> set = [];
        JobPlan.Say(set, Begin != s_newYear, $"Begin = new({Begin:yyyy, M, d, H, m}, 0, TimeSpan.Zero)");
        JobPlan.Say(set, KeepCompleted is not null, $"KeepCompleted = {KeepCompleted}");
        JobPlan.Say(set, KeepFailed is not null, $"KeepFailed = {KeepFailed}");
        JobPlan.Say(set, KeepMinutes is not null, $"KeepMinutes = {KeepMinutes}");
        JobPlan.Say(set, Capacity is not null, $"Capacity = {Capacity}");
        JobPlan.Say(set, Lifo, "Lifo = true");
        JobPlan.Say(set, Defaults is not null, $"Defaults = {Defaults}");
        return $"new StorePlan({string.Join(", ", (IEnumerable<WorkerPlan>)Workers)}){(set.Count == 0 ? "" : $" {{ {string.Join(", ", set)} }}")}";
    }
}
