using System.Threading.Tasks.Sources;

namespace Conveyor.Fast.Jobs;

/// <summary>Waits for a value of one type. Whoever awaits it goes on elsewhere, never on a worker loop.</summary>
internal sealed class ResultWaiter<T>(ResultWaiterPool<T> pool) : PooledWaiter, IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };

    public ValueTask<T> Task => new(this, _core.Version);

    public ValueTask TaskWithoutValue => new(this, _core.Version);

    public ValueTaskSourceStatus GetStatus(short token) => token == _core.Version ? _core.GetStatus(token) : throw AwaitedAgain();

    /// <summary>A second await goes on at once and finds out by its result: thrown from here, nobody could catch it.</summary>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        try
        {
            _core.OnCompleted(continuation, state, token, flags);
        }
        catch (InvalidOperationException)
        {
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: false);
        }
    }

    public T GetResult(short token)
    {
        if (GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The job has not ended. Await the ValueTask, once, or block on the task that AsTask makes of it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            EndReading(token);
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public static InvalidCastException WrongType(string name, JobId id, Type? actual, Type wanted) =>
        new($"The value of job '{name}' ({id}) is {(actual is null ? "null" : $"of type {actual}")}, not of type {wanted}.");

    protected override void Set(in JobOutcome outcome, Exception? reason)
    {
        T? value = default;
        try
        {
            value = reason is null ? Read(outcome) : default;
        }
        catch (Exception error) when (error is ConveyorException or InvalidCastException)
        {
            reason = error;
        }

        if (reason is null)
        {
            _core.SetResult(value!);
        }
        else
        {
            _core.SetException(reason);
        }
    }

    protected override short Renew()
    {
        _core.Reset();
        return _core.Version;
    }

    protected override void Return() => pool.Return(this);

    private static T Read(in JobOutcome outcome)
    {
        JobId id = new(outcome.Id);
        switch (outcome.State)
        {
            case JobState.Completed:
                return typeof(T) == typeof(AnyValue) ? default!
                    : ValueCell.TryLoad(outcome.Cell, outcome.Bits, out T? value) ? value!
                    : throw WrongType(outcome.Name, id, ValueCell.TypeOf(outcome.Cell), typeof(T));
            case JobState.Failed:
                throw new JobFailedException(id, outcome.Name, outcome.QueueName, outcome.Reason, Failure.ErrorOf(outcome.Cell));
            case JobState.Canceled:
                throw new JobCanceledException(id, outcome.Name, outcome.QueueName, outcome.Reason, Failure.ErrorOf(outcome.Cell));
            default:
                throw new JobNotFoundException(id, outcome.QueueName, outcome.Reason is null ? "it was removed." : $"it was removed by its policy: {outcome.Reason}");
        }
    }
}
