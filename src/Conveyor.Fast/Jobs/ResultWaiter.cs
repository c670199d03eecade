namespace Conveyor.Fast.Jobs;

/// <summary>Waits for a value of one type. Whoever awaits it goes on elsewhere, never on a worker loop.</summary>
internal sealed class ResultWaiter<T> : JobWaiter
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _source.Task;

    public override void Complete(in JobOutcome outcome)
    {
        try
        {
            _source.TrySetResult(Read(outcome));
        }
        catch (Exception error) when (error is ConveyorException or InvalidCastException)
        {
            _source.TrySetException(error);
            _ = _source.Task.Exception; // Nobody need be left to see it.
        }
    }

    public override void Abandon(Exception reason)
    {
        _source.TrySetException(reason);
        _ = _source.Task.Exception;
    }

    /// <summary>The wait is given up; the job goes on.</summary>
    public void Cancel(CancellationToken token) => _source.TrySetCanceled(token);

    public static T Read(in JobOutcome outcome)
    {
        JobId id = new(outcome.Id);
        switch (outcome.State)
        {
            case JobState.Completed:
                return ValueCell.TryLoad(outcome.Cell, outcome.Bits, out T? value)
                    ? value!
                    : throw WrongType(outcome.Name, id, ValueCell.TypeOf(outcome.Cell), typeof(T));
            case JobState.Failed:
                throw new JobFailedException(id, outcome.Name, outcome.QueueName, outcome.Reason, Failure.ErrorOf(outcome.Cell));
            case JobState.Canceled:
                throw new JobCanceledException(id, outcome.Name, outcome.QueueName, outcome.Reason, Failure.ErrorOf(outcome.Cell));
            default:
                throw new JobNotFoundException(id, outcome.QueueName, outcome.Reason is null ? "it was removed before it ended." : $"it was removed by its policy: {outcome.Reason}");
        }
    }

    public static InvalidCastException WrongType(string name, JobId id, Type? actual, Type wanted) =>
        new($"The value of job '{name}' ({id}) is {(actual is null ? "null" : $"of type {actual}")}, not of type {wanted}.");
}
