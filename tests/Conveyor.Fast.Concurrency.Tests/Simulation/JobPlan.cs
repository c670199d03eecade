namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>One job of a story, or a node of a flow: what it is added with and what its runs do. It is its job's payload.</summary>
internal sealed record JobPlan(string Name, string Queue)
{
    public int? Priority { get; init; }

    public bool Lifo { get; init; }

    public int Attempts { get; init; } = 1;

    /// <summary>Minutes of the backoff; null for none.</summary>
    public int? Backoff { get; init; }

    public CustomBackoff Custom { get; init; }

    public string? CustomId { get; init; }

    /// <summary>The deduplication key.</summary>
    public string? Key { get; init; }

    public ChildFailurePolicy Policy { get; init; }

    /// <summary>The job's own bounds: null for the queue's, 0 for at once.</summary>
    public int? KeepCompleted { get; init; }

    public int? KeepFailed { get; init; }

    /// <summary>For how many minutes, completed or failed; null for any time.</summary>
    public int? KeepMinutes { get; init; }

    public KeepBound OnComplete => new(KeepCompleted, KeepMinutes);

    public KeepBound OnFail => new(KeepFailed, KeepMinutes);

    /// <summary>Minutes; null for the queue's, 0 for none. A parent's own counts from its promotion.</summary>
    public int? Delay { get; init; }

    /// <summary>Whether a plain add says the delay itself, and not the options.</summary>
    public bool DelaysByCall { get; init; }

    /// <summary>Minutes that a run may take; null for any time.</summary>
    public int? TimeLimit { get; init; }

    /// <summary>The same; no two jobs' limits are over at the same time, since the rules leave the order of those open. Jobs of one schedule share one.</summary>
    public TimeSpan? Limit => TimeLimit is { } minutes
        ? TimeSpan.FromMinutes(minutes) + new TimeSpan(Name.TakeWhile(static letter => letter != '#').Aggregate(0, static (sum, letter) => (31 * sum + letter) % 1_000_003))
        : null;

    public int? MaxStalls { get; init; }

    /// <summary>What each run does, over all lives; the last one is repeated.</summary>
    public RunPlan[] Runs { get; init; } = [RunPlan.Plain];

    public JobPlan[] Children { get; init; } = [];

    /// <summary>What the subscriber does, while it listens, when it hears of the job.</summary>
    public Reaction[] Reactions { get; init; } = [];

    public RunPlan Run(int number) => Runs[Math.Min(number, Runs.Length - 1)];

    /// <summary>The last run planned is repeated, so it must not send its job back for ever.</summary>
    public bool MayMove(int runs) => runs < Runs.Length;

    /// <summary>This node and all below it, parents first.</summary>
    public IEnumerable<JobPlan> All() => Children.SelectMany(static child => child.All()).Prepend(this);

    /// <summary>The same once more, for a handler that adds it in every run: names stay unique.</summary>
    public JobPlan Again(int time) => time == 0 ? this : this with { Name = $"{Name}~{time}", Children = [.. Children.Select(child => child.Again(time))] };

    public override string ToString()
    {
        List<string> set = [];
        Say(set, Priority is not null, $"Priority = {Priority}");
        Say(set, Lifo, "Lifo = true");
        Say(set, Attempts != 1, $"Attempts = {Attempts}");
        Say(set, Backoff is not null, $"Backoff = {Backoff}");
        Say(set, Custom != CustomBackoff.None, $"Custom = CustomBackoff.{Custom}");
        Say(set, CustomId is not null, $"CustomId = \"{CustomId}\"");
        Say(set, Key is not null, $"Key = \"{Key}\"");
        Say(set, Policy != ChildFailurePolicy.Fail, $"Policy = ChildFailurePolicy.{Policy}");
        Say(set, KeepCompleted is not null, $"KeepCompleted = {KeepCompleted}");
        Say(set, KeepFailed is not null, $"KeepFailed = {KeepFailed}");
        Say(set, KeepMinutes is not null, $"KeepMinutes = {KeepMinutes}");
        Say(set, Delay is not null, $"Delay = {Delay}");
        Say(set, DelaysByCall, "DelaysByCall = true");
        Say(set, TimeLimit is not null, $"TimeLimit = {TimeLimit}");
        Say(set, MaxStalls is not null, $"MaxStalls = {MaxStalls}");
        Say(set, Runs is not [var only] || only != RunPlan.Plain, $"Runs = [{string.Join(", ", (IEnumerable<RunPlan>)Runs)}]");
        Say(set, Reactions.Length != 0, $"Reactions = [{string.Join(", ", (IEnumerable<Reaction>)Reactions)}]");
        Say(set, Children.Length != 0, $"Children = [{string.Join(", ", (IEnumerable<JobPlan>)Children)}]");
        return $"new(\"{Name}\", \"{Queue}\"){(set.Count == 0 ? "" : $" {{ {string.Join(", ", set)} }}")}";
    }

    /// <summary>One of the things that are set, for the text.</summary>
    public static void Say(List<string> set, bool condition, string text)
    {
        if (condition)
        {
            set.Add(text);
        }
    }
}
