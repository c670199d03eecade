using Conveyor.Fast.Execution;

namespace Conveyor.Fast;

/// <summary>A worker whose handler gets the payload and gives the value typed; structs are not boxed.</summary>
/// <typeparam name="TData">The payload's type.</typeparam>
/// <typeparam name="TResult">The value's type.</typeparam>
public sealed class Worker<TData, TResult> : Worker
{
    /// <summary>A worker with an asynchronous handler.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Func<Job, TData, CancellationToken, ValueTask<TResult>> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedValueHandler<TData, TResult>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>A worker with a synchronous handler.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Func<Job, TData, TResult> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedFunctionHandler<TData, TResult>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }
}
