namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload) to a task, which is awaited.</summary>
internal sealed class TypedTaskHandler<TData>(Func<Job, TData, Task> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        Task task = handler(job, job.GetData<TData>())
            ?? throw new InvalidOperationException("The handler returned null instead of a task.");
        return task.IsCompletedSuccessfully ? default : new ValueTask(task);
    }
}
