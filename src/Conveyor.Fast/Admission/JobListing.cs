using System.Collections.ObjectModel;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>Lists jobs by a scan of all slots: each job is met once, by its slot.</summary>
internal static class JobListing
{
    public static IReadOnlyList<JobInfo> List(JobStore store, int queue, JobState state, int start, int end)
    {
        List<long> found = Find(store.Engine.Table, queue, state);
        List<JobInfo> page = [];
        for (int i = start; i < Math.Min(end, found.Count); i++)
        {
            if (new JobHandle(store, new JobId(found[i])).TryGetInfo(out JobInfo? info) && info.State == state)
            {
                page.Add(info);
            }
        }

        return page;
    }

    /// <summary>Ended jobs newest end first, delayed ones as they fall due, all others oldest first.</summary>
    public static List<long> Find(JobTable table, int queue, JobState state) =>
        Sorted(Scan(table, JobChoice.Of(queue, state)).Select(job => (KeyOf(table, job), job.Record.Id)));

    /// <summary>In no order.</summary>
    public static List<long> Find(JobTable table, JobChoice choice) => [.. Scan(table, choice).Select(static job => job.Record.Id)];

    /// <summary>
    /// Oldest first, by what their age counts from. Recorded times are coarse: of jobs that ended at the same one, those that
    /// were filed for retention come in that order, then the rest.
    /// </summary>
    public static List<long> FindOldestFirst(JobTable table, JobChoice choice, JobState state)
    {
        bool isEnded = state is JobState.Completed or JobState.Failed or JobState.Canceled;
        IReadOnlyDictionary<long, int> since = isEnded ? table.Ledger(choice.Queue).TrackOf((long)state).CountSince() : ReadOnlyDictionary<long, int>.Empty;
        return Sorted(Scan(table, choice).Select(job => (
            (JobChoice.TimeOf(job.Word, job.Record, job.Details), -(long)since.GetValueOrDefault(StateWord.Ticket(job.Word, StateWord.SlotOf(job.Record.Id)))),
            job.Record.Id)));
    }

    private static IEnumerable<JobCopy> Scan(JobTable table, JobChoice choice)
    {
        int limit = table.SlotLimit;
        for (int slot = JobTable.FirstUsableSlot; slot < limit; slot++)
        {
            if (table.IsSlot(slot) && JobCopy.TryTake(table, Threading.Atomic.Read(ref table.Record(slot).Id), out JobCopy copy)
                && choice.Takes(copy.Word, copy.Record, copy.Details))
            {
                yield return copy;
            }
        }
    }

    private static List<long> Sorted(IEnumerable<((long First, long Second) Key, long Id)> jobs)
    {
        List<((long First, long Second) Key, long Id)> sorted = [.. jobs];
        sorted.Sort();
        return [.. sorted.Select(static job => job.Id)];
    }

    private static (long First, long Second) KeyOf(JobTable table, in JobCopy copy) => copy.State switch
    {
        JobState.Completed or JobState.Failed or JobState.Canceled => (-copy.Record.Ended, 0),
        JobState.Delayed when table.Delays.TryGetDue(StateWord.Ticket(copy.Word, StateWord.SlotOf(copy.Record.Id)), out DueOrder due) => (due.Due, due.Order),
        JobState.Delayed => (long.MaxValue, 0), // Between its step and the clock.
        _ => (copy.Details.Created, 0),
    };
}
