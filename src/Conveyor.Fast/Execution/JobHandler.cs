namespace Conveyor.Fast.Execution;

/// <summary>A worker's handler behind one shape: a completed task means the result, if any, is in place.</summary>
internal abstract class JobHandler
{
    public abstract ValueTask Invoke(JobRun run, long number);

    /// <summary>The handler's value that is itself a task would be kept unawaited and its failure lost.</summary>
    protected static object? NotATask(object? value) => value is Task or ValueTask
        || value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>)
        ? throw new InvalidOperationException(
            $"The handler returned a {value.GetType().Name} as its value; await it in the handler (use an async handler) and return what it yields.")
        : value;
}
