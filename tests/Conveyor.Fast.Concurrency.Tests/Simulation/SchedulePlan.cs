namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>When a schedule's jobs are due, in minutes; start and end count from the beginning of the story.</summary>
internal sealed record SchedulePlan(int Every)
{
    public int? Start { get; init; }

    public int? End { get; init; }

    public int? Limit { get; init; }

    public override string ToString()
    {
        List<string> set = [];
        JobPlan.Say(set, Start is not null, $"Start = {Start}");
        JobPlan.Say(set, End is not null, $"End = {End}");
        JobPlan.Say(set, Limit is not null, $"Limit = {Limit}");
        return $"new SchedulePlan({Every}){(set.Count == 0 ? "" : $" {{ {string.Join(", ", set)} }}")}";
    }
}
