using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>Reads values and waits, for handles and parents.</summary>
internal static class JobReader
{
    /// <summary>A completed job's value, copied whole even from a pooled box. HB-2: a parent started after the last count-down, so its children's values stand.</summary>
    public static bool TryReadValue<T>(JobTable table, JobId id, long reader, [MaybeNull] out T value)
    {
        value = default;
        while (JobCopy.TryTake(table, id.ToInt64(), reader, out JobCopy copy))
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

    /// <summary>Begins a wait for a job that is there already.</summary>
    public static ResultWaiter<T> Wait<T>(JobTable table, JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ResultWaiter<T> waiter = table.RentWaiter<T>();
        Begin(table, waiter, id, timeout, cancellationToken);
        return waiter;
    }

    /// <summary>Goes on with a wait that was handed to an add. The token cancels the job; where another add had made that, it ends the wait.</summary>
    public static ValueTask<T> Follow<T>(JobTable table, ResultWaiter<T> waiter, JobHandle job, CancellationToken cancellationToken)
    {
        if (waiter.AwaitedId == 0)
        {
            Begin(table, waiter, job.Id, Timeout.InfiniteTimeSpan, cancellationToken);
        }
        else
        {
            waiter.CancelWith(job, cancellationToken);
        }

        return waiter.Task;
    }

    private static void Begin(JobTable table, PooledWaiter waiter, JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            waiter.Abandon(new OperationCanceledException(cancellationToken));
        }
        else if (TryReadOutcome(table, id, out JobOutcome outcome))
        {
            waiter.Complete(outcome);
        }
        else if (timeout == TimeSpan.Zero)
        {
            waiter.Abandon(Late(id, timeout));
        }
        else
        {
            Register(table, waiter, id);
            waiter.GiveUpOn(timeout == Timeout.InfiniteTimeSpan ? null : StartLimit(table, waiter, id, timeout), cancellationToken);
        }
    }

    /// <summary>HB-10: register, set the flag, then look: the end sees the flag, or this sees the end.</summary>
    private static void Register(JobTable table, PooledWaiter waiter, JobId id)
    {
        ref JobRecord record = ref table.Record(StateWord.SlotOf(id.ToInt64()));
        long since = Atomic.Read(ref record.Word);
        table.Waiters.Add(id.ToInt64(), waiter, since);
        while (!JobWaiters.TryFlag(ref record, id.ToInt64()) && table.Waiters.TryTake(waiter))
        {
            if (TryReadOutcome(table, id, out JobOutcome outcome))
            {
                waiter.Complete(outcome);
                return;
            }

            table.Waiters.Add(id.ToInt64(), waiter, since); // It had ended and was retried since.
        }
    }

    private static ITimer StartLimit(JobTable table, PooledWaiter waiter, JobId id, TimeSpan timeout) =>
        table.Clock.Provider.CreateTimer(_ => waiter.GiveUp(Late(id, timeout)), null, timeout, Timeout.InfiniteTimeSpan);

    private static TimeoutException Late(JobId id, TimeSpan timeout) => new($"Job {id} has not ended within {timeout}; it goes on.");

    /// <summary>The outcome of a job that has ended or is gone; false while it lives.</summary>
    private static bool TryReadOutcome(JobTable table, JobId id, out JobOutcome outcome)
    {
        while (JobCopy.TryTake(table, id.ToInt64(), out JobCopy copy))
        {
            if (!StateWord.IsEnded(copy.Word))
            {
                outcome = default;
                return false;
            }

            outcome = new JobOutcome(
                id.ToInt64(), table.Ledger(copy.Record.Queue).Name, copy.References.Definition.Name, copy.State,
                ValueCell.Detach(copy.References.Result), copy.Details.ResultBits,
                copy.State != JobState.Completed ? Failure.Describe(table, copy.Word, copy.References.Result, copy.Details.ResultBits) : null)
            {
                HasStarted = copy.Record.HasStarted,
            };
            if (JobCopy.StillStands(table, id.ToInt64(), copy))
            {
                return true; // Else the box may have been another job's.
            }
        }

        outcome = new JobOutcome(id.ToInt64(), "", "", JobState.None, null, 0, null);
        return true;
    }
}
