namespace Conveyor.Fast.Execution;

/// <summary>Job to a value, on the loop's own thread.</summary>
internal sealed class SynchronousHandler(Func<Job, object?> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        object? value = handler(new Job(run, number));
        if (value is not null)
        {
            run.SetResult(number, NotATask(value));
        }

        return default;
    }
}
