namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What the engine and the reference do in the same way.</summary>
internal static class Actors
{
    public static string RetryAll(this IActor actor, string queue)
    {
        string[] jobs = actor.List(queue, JobState.Failed).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', jobs.Select(job => actor.Perform(new Operation.Retry(job, IncludeCompleted: false))));
    }
}
