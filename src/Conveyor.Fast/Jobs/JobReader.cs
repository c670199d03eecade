using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>Reads values and waits, for handles and parents.</summary>
internal static class JobReader
{
    /// <summary>A completed job's value, copied whole even from a pooled box. HB-2: a parent started after the last count-down, so its children's values stand.</summary>
    public static bool TryReadValue<T>(JobTable table, JobId id, bool forParent, [MaybeNull] out T value)
    {
        value = default;
        while (JobCopy.TryTake(table, id.ToInt64(), forParent, out JobCopy copy))
        {
            if (copy.StateForParent != JobState.Completed)
            {
                return false;
            }

            bool isType = ValueCell.TryLoad(copy.References.Result, copy.Details.ResultBits, out value);
            if (JobCopy.StillStands(table, id.ToInt64(), copy))
            {
                return isType ? true : throw ResultWaiter<T>.WrongType(copy.References.Definition.Name, id, ValueCell.TypeOf(copy.References.Result), typeof(T));
            }
        }

        value = default;
        return false;
    }

    public static ValueTask<T> WaitAsync<T>(JobStore store, JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        JobTable table = store.Engine.Table;
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        if (TryReadOutcome(table, id, out JobOutcome outcome))
        {
            return FromOutcome<T>(outcome);
        }

        return timeout == TimeSpan.Zero
            ? ValueTask.FromException<T>(Late(id, timeout))
            : new ValueTask<T>(RegisterAsync<T>(table, id, timeout, cancellationToken));
    }

    private static async Task<T> RegisterAsync<T>(JobTable table, JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // HB-10: register, set the flag, then look: the end sees the flag, or this sees the end.
        ResultWaiter<T> waiter = new() { Since = Atomic.Read(ref table.Record(StateWord.SlotOf(id.ToInt64())).Word) };
        table.Waiters.Add(id.ToInt64(), waiter);
        while (!JobWaiters.TryFlag(ref table.Record(StateWord.SlotOf(id.ToInt64())), id.ToInt64()) && table.Waiters.Remove(id.ToInt64(), waiter))
        {
            if (TryReadOutcome(table, id, out JobOutcome outcome))
            {
                waiter.Complete(outcome);
                break;
            }

            table.Waiters.Add(id.ToInt64(), waiter); // It had ended and was retried since.
        }

        // Timer and registration are gone before whoever awaits this goes on.
        using ITimer? timer = timeout == Timeout.InfiniteTimeSpan ? null : table.Clock.Provider.CreateTimer(
            state => ((JobWaiter)state!).Abandon(Late(id, timeout)), waiter, timeout, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((ResultWaiter<T>)state!).Cancel(token), waiter);
        try
        {
            return await waiter.Task.ConfigureAwait(false);
        }
        finally
        {
            table.Waiters.Remove(id.ToInt64(), waiter);
        }
    }

    private static ValueTask<T> FromOutcome<T>(in JobOutcome outcome)
    {
        try
        {
            return new ValueTask<T>(ResultWaiter<T>.Read(outcome));
        }
        catch (Exception error) when (error is ConveyorException or InvalidCastException)
        {
            return ValueTask.FromException<T>(error);
        }
    }

    private static TimeoutException Late(JobId id, TimeSpan timeout) => new($"Job {id} has not ended within {timeout}; it goes on.");

    /// <summary>The outcome of a job that has ended or is gone; false while it lives.</summary>
    private static bool TryReadOutcome(JobTable table, JobId id, out JobOutcome outcome)
    {
        JobCopy copy;
        object? value;
        do
        {
            if (!JobCopy.TryTake(table, id.ToInt64(), out copy))
            {
                outcome = new JobOutcome(id.ToInt64(), "", "", JobState.None, null, 0, null);
                return true;
            }

            value = ValueCell.Detach(copy.References.Result); // A box may hold another job's value by now; then the copy does not stand.
        }
        while (!JobCopy.StillStands(table, id.ToInt64(), copy));

        outcome = new JobOutcome(
            id.ToInt64(), table.Ledger(copy.Record.Queue).Name, copy.References.Definition.Name, copy.State,
            value, copy.Details.ResultBits,
            StateWord.IsEnded(copy.Word) && copy.State != JobState.Completed
                ? Failure.Describe(table, copy.Word, value, copy.Details.ResultBits)
                : null)
        {
            HasStarted = copy.Record.HasStarted,
        };
        return StateWord.IsEnded(copy.Word);
    }
}
