using System.Collections.Concurrent;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Waits by job id. Register, then set the word's flag, then look: the winner of the terminal step sees the flag, or the
/// one who registers sees the end.
/// </summary>
internal sealed class JobWaiters
{
    private readonly ConcurrentDictionary<long, List<JobWaiter>> _byJob = new();
    private readonly Lock _lock = new();
    private Exception? _closed;

    public bool IsEmpty => _byJob.IsEmpty;

    public void Add(long id, JobWaiter waiter)
    {
        waiter.IsRegistered = true;
        lock (_lock)
        {
            if (_closed is null)
            {
                List<JobWaiter> waiters = _byJob.GetOrAdd(id, static _ => []);
                waiters.Add(waiter);
                return;
            }
        }

        waiter.Abandon(_closed);
    }

    /// <summary>False if the waiter has been taken by the end already.</summary>
    public bool Remove(long id, JobWaiter waiter)
    {
        lock (_lock)
        {
            if (!_byJob.TryGetValue(id, out List<JobWaiter>? waiters) || !waiters.Remove(waiter))
            {
                return false;
            }

            if (waiters.Count == 0)
            {
                _byJob.TryRemove(id, out _);
            }

            return true;
        }
    }

    /// <summary>Tells those who asked before the end. It may be told late: who asked since waits for the next life's end.</summary>
    public void Complete(in JobOutcome outcome, long word)
    {
        long end = word & StateWord.StepMask;
        bool IsTold(JobWaiter waiter) => (waiter.Since & StateWord.StepMask) < end;
        List<JobWaiter> ended;
        lock (_lock)
        {
            if (!_byJob.TryGetValue(outcome.Id, out List<JobWaiter>? waiters))
            {
                return;
            }

            ended = waiters.FindAll(IsTold);
            waiters.RemoveAll(IsTold);
            if (waiters.Count == 0)
            {
                _byJob.TryRemove(outcome.Id, out _);
            }
        }

        foreach (JobWaiter waiter in ended)
        {
            waiter.Complete(outcome);
        }
    }

    public void Close(Exception reason)
    {
        List<JobWaiter> all;
        lock (_lock)
        {
            _closed = reason;
            all = [.. _byJob.Values.SelectMany(static waiters => waiters)];
            _byJob.Clear();
        }

        foreach (JobWaiter waiter in all)
        {
            waiter.Abandon(reason);
        }
    }

    /// <summary>Sets the flag on a job that has not ended; false if there is nothing to wait for.</summary>
    public static bool TryFlag(ref JobRecord record, long id)
    {
        while (true)
        {
            long seen = Atomic.Read(ref record.Word);
            if (Atomic.Read(ref record.Id) != id || StateWord.State(seen) is StateWord.Free or StateWord.Gone || StateWord.IsEnded(seen))
            {
                return false;
            }

            if (StateWord.Has(seen, StateWord.HasWaiter)
                || Atomic.CompareExchange(ref record.Word, seen | StateWord.HasWaiter, seen) == seen)
            {
                return true;
            }
        }
    }
}
