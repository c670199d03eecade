using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Waits by job id, a ring for each job. Register, then set the word's flag, then look: the winner of the terminal step sees
/// the flag, or the one who registers sees the end.
/// </summary>
internal sealed class JobWaiters
{
    private readonly Dictionary<long, JobWaiter> _first = [];
    private readonly Lock _lock = new();
    private Exception? _closed;

    /// <summary>Tells of an error of who waits. Set when the stages are wired, and dropped with them, as a wait may be held for long.</summary>
    public Action<Exception>? Report { get; set; }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _first.Count == 0;
            }
        }
    }

    /// <summary>Puts a wait in place that begins with its job.</summary>
    public void AddWithJob(long id, JobWaiter waiter) => Add(id, waiter, since: id);

    /// <summary>Puts a wait in place.</summary>
    /// <param name="id">The job.</param>
    /// <param name="waiter">The wait, which may have served another job.</param>
    /// <param name="since">The word, or the ticket, that was seen before: an end that came earlier is of another life and not for it.</param>
    public void Add(long id, JobWaiter waiter, long since)
    {
        waiter.Home = this;
        waiter.AwaitedId = id;
        waiter.Since = since;
        Exception? closed;
        lock (_lock)
        {
            closed = _closed;
            if (closed is null)
            {
                LinkLocked(waiter);
            }
        }

        if (closed is not null)
        {
            waiter.Abandon(closed);
        }
    }

    /// <summary>Takes a wait, to end it. False if somebody else has: then it is theirs.</summary>
    public bool TryTake(JobWaiter waiter)
    {
        lock (_lock)
        {
            if (!waiter.IsOpen)
            {
                return false;
            }

            UnlinkLocked(waiter);
            return true;
        }
    }

    /// <summary>Leaves with an open wait what its taker has to call off. False if the wait has been taken.</summary>
    public bool TryArm(PooledWaiter waiter, CancellationTokenRegistration registration, ITimer? timer)
    {
        lock (_lock)
        {
            if (waiter.IsOpen)
            {
                waiter.Registration = registration;
                waiter.Timer = timer;
            }

            return waiter.IsOpen;
        }
    }

    /// <summary>Tells those who asked before the end. It may be told late: who asked since waits for the next life's end.</summary>
    public void Complete(in JobOutcome outcome, long word)
    {
        while (TakeFrom(outcome.Id, word & StateWord.StepMask) is { } waiter)
        {
            waiter.Complete(outcome);
        }
    }

    public void Close(Exception reason)
    {
        long[] all;
        lock (_lock)
        {
            _closed = reason;
            all = [.. _first.Keys];
        }

        foreach (long id in all)
        {
            while (TakeFrom(id, long.MaxValue) is { } waiter)
            {
                waiter.Abandon(reason);
            }
        }

        Report = null;
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

    /// <summary>Takes the first wait for a job that began before a step; null if there is none left.</summary>
    private JobWaiter? TakeFrom(long id, long end)
    {
        lock (_lock)
        {
            JobWaiter? first = _first.GetValueOrDefault(id);
            for (JobWaiter? waiter = first; waiter is not null; waiter = waiter.Next == first ? null : waiter.Next)
            {
                if ((waiter.Since & StateWord.StepMask) < end)
                {
                    UnlinkLocked(waiter);
                    return waiter;
                }
            }

            return null;
        }
    }

    private void LinkLocked(JobWaiter waiter)
    {
        waiter.IsOpen = true;
        JobWaiter first = waiter;
        JobWaiter last = waiter;
        if (!_first.TryAdd(waiter.AwaitedId, waiter))
        {
            first = _first[waiter.AwaitedId];
            last = first.Previous!;
        }

        waiter.Next = first;
        waiter.Previous = last;
        last.Next = waiter;
        first.Previous = waiter;
    }

    private void UnlinkLocked(JobWaiter waiter)
    {
        JobWaiter next = waiter.Next!;
        JobWaiter previous = waiter.Previous!;
        previous.Next = next;
        next.Previous = previous;
        if (next == waiter)
        {
            _first.Remove(waiter.AwaitedId);
        }
        else if (_first[waiter.AwaitedId] == waiter)
        {
            _first[waiter.AwaitedId] = next;
        }

        waiter.IsOpen = false;
        waiter.Next = null;
        waiter.Previous = null;
    }
}
