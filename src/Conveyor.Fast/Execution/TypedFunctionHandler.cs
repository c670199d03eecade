namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload) to a typed value, on the loop's own thread.</summary>
internal sealed class TypedFunctionHandler<TData, TResult>(Func<Job, TData, TResult> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        TResult result = handler(job, job.GetData<TData>());
        run.SetResult(number, typeof(TResult).IsValueType ? result : (TResult)NotATask(result)!);
        return default;
    }
}
