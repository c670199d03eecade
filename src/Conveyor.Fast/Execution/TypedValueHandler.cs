namespace Conveyor.Fast.Execution;

/// <summary>(Job, payload, token) to a typed value; neither is boxed.</summary>
internal sealed class TypedValueHandler<TData, TResult>(Func<Job, TData, CancellationToken, ValueTask<TResult>> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        Job job = new(run, number);
        ValueTask<TResult> task = handler(job, job.GetData<TData>(), run.Token(number));
        if (!task.IsCompletedSuccessfully)
        {
            return AwaitAsync(task, run, number);
        }

        run.SetResult(number, task.Result);
        return default;
    }

    /// <summary>Comes back to the loop's host: with a pumped one only a pump may go on. A source that refuses to be awaited throws here, not into the void.</summary>
    private static async ValueTask AwaitAsync(ValueTask<TResult> task, JobRun run, long number) =>
        run.KeepResult(number, await task.AsTask().ConfigureAwait(true));
}
