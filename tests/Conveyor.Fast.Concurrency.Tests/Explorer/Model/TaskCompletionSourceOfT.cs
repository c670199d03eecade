using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's task source as the explorer builds it: completing it is a step. Who awaits it goes on outside the scenario.</summary>
[Unwoven]
internal sealed class TaskCompletionSource<T>(TaskCreationOptions options = TaskCreationOptions.None)
{
    private readonly nint _place = Places.Next();
    private readonly System.Threading.Tasks.TaskCompletionSource<T> _source = new(options);

    public Task<T> Task => _source.Task;

    public bool TrySetResult(T value)
    {
        Begin(nameof(TrySetResult));
        return _source.TrySetResult(value);
    }

    public bool TrySetException(Exception error)
    {
        Begin(nameof(TrySetException));
        return _source.TrySetException(error);
    }

    public bool TrySetCanceled(CancellationToken token)
    {
        Begin(nameof(TrySetCanceled));
        return _source.TrySetCanceled(token);
    }

    private void Begin(string member) => Agent.Current?.Take(StepKind.Change, _place, "a task source", member, "");
}
