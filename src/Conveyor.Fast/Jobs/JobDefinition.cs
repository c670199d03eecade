namespace Conveyor.Fast.Jobs;

/// <summary>What jobs of one name and one set of options share; immutable.</summary>
internal sealed class JobDefinition(string name, JobSettings settings)
{
    public string Name { get; } = name;

    public JobSettings Settings { get; } = settings;
}
