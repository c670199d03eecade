using System.Runtime.CompilerServices;
using Conveyor.Fast.Execution;

namespace Conveyor.Fast;

/// <summary>A worker whose handler gets the payload typed; a struct is not boxed. Its queue should carry one payload type only.</summary>
/// <typeparam name="TData">The payload's type.</typeparam>
public sealed class Worker<TData> : Worker
{
    /// <summary>A worker with an asynchronous handler.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Func<Job, TData, CancellationToken, ValueTask> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedHandler<TData>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>A worker with a synchronous handler.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Action<Job, TData> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedActionHandler<TData>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>A worker with a handler that returns a task, which is awaited.</summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    [OverloadResolutionPriority(1)] // Of an async lambda, which fits all three.
    public Worker(JobStore store, string queueName, Func<Job, TData, Task> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedTaskHandler<TData>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }

    /// <summary>
    /// A worker with a handler that returns a value task, which is awaited. One that returns a <see cref="ValueTask{TResult}"/>
    /// is taken for a synchronous handler: await it in the handler, or use <see cref="Worker{TData, TResult}"/>.
    /// </summary>
    /// <inheritdoc cref="Worker(JobStore, string, Func{Job, CancellationToken, ValueTask}, WorkerOptions?)"/>
    public Worker(JobStore store, string queueName, Func<Job, TData, ValueTask> handler, WorkerOptions? options = null)
        : base(store, queueName, new TypedValueTaskHandler<TData>(handler ?? throw new ArgumentNullException(nameof(handler))), options)
    {
    }
}
