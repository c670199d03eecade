using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <inheritdoc cref="TaskCompletionSource{T}"/>
[Unwoven]
internal sealed class TaskCompletionSource(TaskCreationOptions options = TaskCreationOptions.None)
{
    private readonly TaskCompletionSource<bool> _source = new(options);

    public Task Task => _source.Task;

    public bool TrySetResult() => _source.TrySetResult(true);

    public bool TrySetException(Exception error) => _source.TrySetException(error);

    public bool TrySetCanceled(CancellationToken token) => _source.TrySetCanceled(token);
}
