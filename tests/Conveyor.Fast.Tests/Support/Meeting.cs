namespace Conveyor.Fast.Tests.Support;

/// <summary>A handler that ends only once so many of it run at the same time.</summary>
internal sealed class Meeting(int count)
{
    private readonly TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _here;

    public async ValueTask<object?> AttendAsync(Job job, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _here) >= count)
        {
            _together.TrySetResult();
        }

        await _together.Task.WaitAsync(cancellationToken);
        return null;
    }
}
