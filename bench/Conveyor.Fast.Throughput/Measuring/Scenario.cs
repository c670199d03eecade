namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>One row of the table: what is measured, against what, and how good it must be.</summary>
internal sealed record Scenario(string Name, Target Target, Func<Workload> Subject)
{
    /// <summary>How the table words the baseline; null when the target is an absolute figure.</summary>
    public string? BaselineName { get; init; }

    /// <summary>The work the subject is compared with.</summary>
    public Func<Workload>? Baseline { get; init; }

    /// <summary>The subject once more, with its flow descriptors built while the clock runs; it has no target.</summary>
    public Func<Workload>? BuiltInside { get; init; }

    /// <summary>True for the row that looks at the process's memory and so must run before all others.</summary>
    public bool NeedsFreshProcess { get; init; }

    public bool Matches(string text) =>
        Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || (BaselineName?.Contains(text, StringComparison.OrdinalIgnoreCase) ?? false);
}
