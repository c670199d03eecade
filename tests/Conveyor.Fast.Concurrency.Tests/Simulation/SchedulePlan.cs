namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>When a schedule's jobs are due: so many minutes apart, or by a cron text. Start and end are minutes from the beginning of the story.</summary>
internal sealed record SchedulePlan
{
    public SchedulePlan(int every) => Every = every;

    public SchedulePlan(string cron, string? zone = null) => (Cron, Zone) = (cron, zone);

    public int? Every { get; }

    public string? Cron { get; }

    /// <summary>The time zone of the cron text; null for UTC.</summary>
    public string? Zone { get; }

    public int? Start { get; init; }

    public int? End { get; init; }

    public int? Limit { get; init; }

    /// <summary>With the times that it has a schedule goes on when it is changed.</summary>
    public bool HasTimesOf(SchedulePlan other) => (Every, Cron, Zone, Start) == (other.Every, other.Cron, other.Zone, other.Start);

    public override string ToString()
    {
        List<string> set = [];
        JobPlan.Say(set, Start is not null, $"Start = {Start}");
        JobPlan.Say(set, End is not null, $"End = {End}");
        JobPlan.Say(set, Limit is not null, $"Limit = {Limit}");
        string times = Cron is null ? $"{Every}" : Zone is null ? $"\"{Cron}\"" : $"\"{Cron}\", \"{Zone}\"";
        return $"new SchedulePlan({times}){(set.Count == 0 ? "" : $" {{ {string.Join(", ", set)} }}")}";
    }
}
