namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Chooses who takes the next step.</summary>
internal interface ISchedule
{
    /// <summary>An execution begins, the first one or the same one again.</summary>
    void Begin();

    /// <param name="execution">The execution so far.</param>
    /// <param name="enabled">One bit for each choice that could go: threads, then their store buffers.</param>
    /// <returns>The choice.</returns>
    int Choose(Execution execution, int enabled);
}
