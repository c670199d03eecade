namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload, token) to no value; the payload is not boxed.</summary>
internal sealed class TypedHandler<TData>(Func<Job, TData, CancellationToken, ValueTask> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        return handler(job, job.GetData<TData>(), run.Token(number));
    }
}
