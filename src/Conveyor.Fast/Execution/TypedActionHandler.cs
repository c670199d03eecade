namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload) to nothing, on the loop's own thread.</summary>
internal sealed class TypedActionHandler<TData>(Action<Job, TData> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        handler(job, job.GetData<TData>());
        return default;
    }
}
