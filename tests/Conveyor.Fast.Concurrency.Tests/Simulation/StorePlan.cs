namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>The store of a story: its bounds and its pumped workers, in order of their making.</summary>
internal sealed record StorePlan(params WorkerPlan[] Workers)
{
    /// <summary>Null for the default bound, 0 for at once.</summary>
    public int? KeepCompleted { get; init; }

    public int? KeepFailed { get; init; }

    /// <summary>The bound of queue "b"; null for none.</summary>
    public int? Capacity { get; init; }

    /// <summary>Whether queue "c" serves the newest first.</summary>
    public bool Lifo { get; init; }

    public override string ToString()
    {
        List<string> set = [];
        if (KeepCompleted is { } completed)
        {
            set.Add($"KeepCompleted = {completed}");
        }

        if (KeepFailed is { } failed)
        {
            set.Add($"KeepFailed = {failed}");
        }

        if (Capacity is { } capacity)
        {
            set.Add($"Capacity = {capacity}");
        }

        if (Lifo)
        {
            set.Add("Lifo = true");
        }

        return $"new StorePlan({string.Join(", ", (IEnumerable<WorkerPlan>)Workers)}){(set.Count == 0 ? "" : $" {{ {string.Join(", ", set)} }}")}";
    }
}
