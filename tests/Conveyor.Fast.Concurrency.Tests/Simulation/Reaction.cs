namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What the subscriber does when it first hears such an event of the job that the reaction is planned for.</summary>
internal sealed record Reaction(JobEventType To, params Operation[] Acts)
{
    public override string ToString() => $"new({string.Join(", ", [$"JobEventType.{To}", .. Acts.Select(static act => act.ToString())])})";
}
