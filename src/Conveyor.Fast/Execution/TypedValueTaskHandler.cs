namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload) to a value task without a value, which is awaited.</summary>
internal sealed class TypedValueTaskHandler<TData>(Func<Job, TData, ValueTask> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        return handler(job, job.GetData<TData>());
    }
}
