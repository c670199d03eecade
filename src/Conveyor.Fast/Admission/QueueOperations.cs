using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Admission;

/// <summary>What can be done to a whole queue by hand. Each call costs a scan of the store.</summary>
internal sealed class QueueOperations(Dispatcher dispatcher, JobOperations operations, ScheduleAdmission schedules)
{
    private readonly JobTable _table = dispatcher.Table;

    /// <summary>Makes all delayed jobs ready, in the order in which they would fall due. Returns how many.</summary>
    public int Promote(int queue)
    {
        int promoted = 0;
        foreach (long id in JobListing.Find(_table, queue, JobState.Delayed))
        {
            ref JobRecord record = ref _table.Record(StateWord.SlotOf(id));
            long word = Atomic.Read(ref record.Word);
            promoted += Atomic.Read(ref record.Id) == id && dispatcher.Delays.TryPromote(StateWord.Ticket(word, StateWord.SlotOf(id))) ? 1 : 0;
        }

        return promoted;
    }

    /// <summary>Removes what waits, whatever for. Returns how many.</summary>
    public int Drain(int queue, bool keepDelayed)
    {
        JobChoice choice = keepDelayed
            ? JobChoice.AllOf(queue, JobState.WaitingChildren, JobState.Waiting)
            : JobChoice.AllOf(queue, JobState.WaitingChildren, JobState.Waiting, JobState.Delayed);
        return Remove(JobListing.Find(_table, choice), choice, int.MaxValue).Count;
    }

    /// <summary>Removes jobs of one state that are old enough, oldest first.</summary>
    public IReadOnlyList<JobId> Clean(QueueLedger queue, JobState state, TimeSpan grace, int limit)
    {
        JobChoice choice = JobChoice.Of(queue.Number, state, _table.Clock.UtcTicks() - grace.Ticks);
        List<RemovedJob> removed = Remove(JobListing.FindOldestFirst(_table, choice, state), choice, limit);
        dispatcher.Ending.Announcements.AnnounceQueue(queue, JobEventType.Cleaned, removed.Count);
        return [.. removed.Select(static job => new JobId(job.Id))];
    }

    /// <summary>Retries the jobs of one state. Those that are ready go out once all of them have begun anew, so that a parent is there again when its child ends.</summary>
    public int Retry(int queue, JobState state)
    {
        List<long> ids = RetryOrder.Of(_table, JobListing.FindOldestFirst(_table, JobChoice.Of(queue, state), state));
        List<RevivedJob> revived = [];
        foreach (long id in ids)
        {
            if (operations.Revive(id, includeCompleted: state == JobState.Completed) is { IsRevived: true } job)
            {
                revived.Add(job);
            }
        }

        revived.ForEach(operations.SendOut);
        revived.ForEach(operations.DropGuard);
        return revived.Count;
    }

    /// <summary>Removes everything: jobs, also running ones with <paramref name="force"/>, and schedules.</summary>
    public void Obliterate(QueueLedger queue, bool force)
    {
        JobChoice choice = JobChoice.AllOf(queue.Number, Enum.GetValues<JobState>());
        List<long> ids = JobListing.Find(_table, choice);
        RemovalWork work = new();
        Stripe stripe = _table.Stripes.Rent();
        if (force)
        {
            operations.Removal.RemoveEach(stripe, ids, choice, int.MaxValue, dispatcher.Reclaimer.TryRemove, work);
        }
        else if (operations.Removal.RemoveAll(stripe, ids, choice, work) == RemovalFate.Active)
        {
            operations.Finish(stripe, work);
            throw new InvalidJobStateException(new JobId(work.ActiveId), JobState.Active, "obliterated with its queue", "any state but Active, or force");
        }

        // Nothing has been told yet: a schedule that is over adds no job when it hears of this one's end.
        List<Action> endSchedules = schedules.EndAll(queue.Number);
        operations.Finish(stripe, work);
        endSchedules.ForEach(static end => end());
        FireTokens(work);
        queue.Completed.Trim(IsDead);
        queue.Failed.Trim(IsDead);
    }

    private List<RemovedJob> Remove(List<long> ids, JobChoice choice, int limit)
    {
        RemovalWork work = new();
        Stripe stripe = _table.Stripes.Rent();
        operations.Removal.RemoveEach(stripe, ids, choice, limit, takeRunning: null, work);
        operations.Finish(stripe, work);
        return work.Removed;
    }

    /// <summary>Last of all: callbacks are user code.</summary>
    private void FireTokens(RemovalWork work)
    {
        foreach (RemovedJob removed in work.Removed)
        {
            if (StateWord.State(removed.Old) == StateWord.Active)
            {
                dispatcher.Reclaimer.FireToken(StateWord.Ticket(removed.Old, StateWord.SlotOf(removed.Id)));
            }
        }
    }

    private bool IsDead(long ticket)
    {
        long word = Atomic.Read(ref _table.Record(StateWord.SlotOf(ticket)).Word);
        return (word & StateWord.StepMask) != (ticket & StateWord.StepMask) || StateWord.Visible(word) == JobState.None;
    }
}
