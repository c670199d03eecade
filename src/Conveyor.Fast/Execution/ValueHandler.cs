namespace Conveyor.Fast.Execution;

/// <summary>(Job, token) to a value.</summary>
internal sealed class ValueHandler(Func<Job, CancellationToken, ValueTask<object?>> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number)
    {
        ValueTask<object?> task = handler(new Job(run, number), run.Token(number));
        if (!task.IsCompletedSuccessfully)
        {
            return AwaitAsync(task, run, number);
        }

        run.SetResult(number, NotATask(task.Result));
        return default;
    }

    /// <summary>Comes back to the loop's host: with a pumped one only a pump may go on. A source that refuses to be awaited throws here, not into the void.</summary>
    private static async ValueTask AwaitAsync(ValueTask<object?> task, JobRun run, long number) =>
        run.KeepResult(number, NotATask(await task.AsTask().ConfigureAwait(true)));
}
