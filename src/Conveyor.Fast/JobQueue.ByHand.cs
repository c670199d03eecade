using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <content>What can be done by hand to all jobs of the queue.</content>
public sealed partial class JobQueue
{
    /// <summary>Makes all delayed jobs of the queue ready before their time, in the order in which they would fall due. Costs a scan of the store.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public int PromoteJobs() => TryUse(out AdmissionQueue queue) ? _store.Engine.QueueOperations.Promote(queue.Ledger.Number) : 0;

    /// <summary>
    /// Removes all jobs of the queue that wait: for a worker, for a time, for children. What runs or has ended stays, and so do
    /// schedules, which add their next job. No parent in the queue is released by the going of its child; one in another queue
    /// counts the child without a value, and children that a removed parent has there run on. A job that is added meanwhile
    /// may go or stay. Costs a scan of the store.
    /// </summary>
    /// <param name="keepDelayed">Whether jobs that are not due yet stay.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public int Drain(bool keepDelayed = false) => TryUse(out AdmissionQueue queue) ? _store.Engine.QueueOperations.Drain(queue.Ledger.Number, keepDelayed) : 0;

    /// <summary>
    /// Removes the jobs of one state that are old enough, oldest first. The age of an ended job counts from its end, of any
    /// other from its creation, by the store's clock. A parent that waited for a removed job counts it without a value; what a
    /// parent still reads of an ended one stays readable to it. Costs a scan of the store.
    /// </summary>
    /// <param name="state">Any state but Active.</param>
    /// <param name="grace">How old at least; zero for all.</param>
    /// <param name="limit">How many at most, from 0.</param>
    /// <returns>The ids of the removed jobs, oldest first.</returns>
    /// <exception cref="ArgumentException">The state is none, or Active: a running job can not be cleaned.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The grace time is negative or infinite, or the limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public IReadOnlyList<JobId> Clean(JobState state, TimeSpan grace, int limit = int.MaxValue)
    {
        if (state == JobState.Active)
        {
            throw new ArgumentException("Active jobs can not be cleaned, since their handlers run: cancel them, or obliterate the queue with force.", nameof(state));
        }

        if (state == JobState.None || !Enum.IsDefined(state))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "The state is one that a stored job can be in.");
        }

        if (grace < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(grace), grace, "The grace time is zero or more, and never infinite.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return TryUse(out AdmissionQueue queue) ? _store.Engine.QueueOperations.Clean(queue.Ledger, state, grace, limit) : [];
    }

    /// <summary>
    /// Retries all ended jobs of one state: each starts a new life. They run in the order in which they ended, children before
    /// their parents, which wait for them again. A job whose handler has not returned although it was taken from it is left
    /// alone. Goes over a queue's bound. Costs a scan of the store.
    /// </summary>
    /// <param name="state">Failed, Canceled or Completed.</param>
    /// <returns>How many were retried.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The state is another one.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public int RetryJobs(JobState state = JobState.Failed)
    {
        if (state is not (JobState.Failed or JobState.Canceled or JobState.Completed))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "Only ended jobs are retried: Failed, Canceled or Completed.");
        }

        return TryUse(out AdmissionQueue queue) ? _store.Engine.QueueOperations.Retry(queue.Ledger.Number, state) : 0;
    }

    /// <summary>
    /// Removes everything in the queue, in whatever state, its schedules and its pause. Parents in other queues count their children
    /// without a value. The queue stays and may be used again at once; a job that is added meanwhile may go or stay. Costs a
    /// scan of the store.
    /// </summary>
    /// <param name="force">
    /// Whether running jobs go too: their tokens fire, their handlers keep their places in their workers until they return,
    /// and what they return is dropped.
    /// </param>
    /// <exception cref="InvalidJobStateException">A job of the queue runs, and <paramref name="force"/> is false. Nothing was removed.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public void Obliterate(bool force = false)
    {
        if (TryUse(out AdmissionQueue queue))
        {
            _store.Engine.QueueOperations.Obliterate(queue.Ledger, force);
            Resume(queue);
        }
    }
}
