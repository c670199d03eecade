namespace Conveyor.Fast.Tests.Support;

/// <summary>One run of a <see cref="HeldHandler"/>.</summary>
internal sealed class HeldRun(Job job, CancellationToken token)
{
    private readonly TaskCompletionSource<object?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Job Job => job;

    public CancellationToken Token => token;

    public Task<object?> End => _end.Task;

    public void Return(object? value = null) => _end.SetResult(value);

    public void Throw(Exception error) => _end.SetException(error);
}
