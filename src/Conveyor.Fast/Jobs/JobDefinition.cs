namespace Conveyor.Fast.Jobs;

/// <summary>What jobs of one name and one set of options share; immutable.</summary>
internal sealed class JobDefinition(string name, JobSettings settings)
{
    public string Name { get; } = name;

    public JobSettings Settings { get; } = settings;

    /// <summary>Whether its queue keeps it anyway, so that a free slot may still point to it.</summary>
    public bool IsKept { get; init; }

    /// <summary>Null for all but the jobs of a schedule, each of which has a definition of its own.</summary>
    public Occurrence? Occurrence { get; init; }
}
