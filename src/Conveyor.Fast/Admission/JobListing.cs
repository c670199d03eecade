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
    public static List<long> Find(JobTable table, int queue, JobState state)
    {
        List<((long First, long Second) Key, long Id)> found = [];
        int limit = table.SlotLimit;
        for (int slot = JobTable.FirstUsableSlot; slot < limit; slot++)
        {
            if (!table.IsSlot(slot))
            {
                continue;
            }

            long id = Threading.Atomic.Read(ref table.Record(slot).Id);
            if (JobCopy.TryTake(table, id, out JobCopy copy) && copy.State == state && copy.Record.Queue == queue)
            {
                found.Add((KeyOf(table, copy), id));
            }
        }

        found.Sort();
        return [.. found.Select(static job => job.Id)];
    }

    private static (long First, long Second) KeyOf(JobTable table, in JobCopy copy) => copy.State switch
    {
        JobState.Completed or JobState.Failed or JobState.Canceled => (-copy.Record.Ended, 0),
        JobState.Delayed when table.Delays.TryGetDue(StateWord.Ticket(copy.Word, StateWord.SlotOf(copy.Record.Id)), out DueOrder due) => (due.Due, due.Order),
        JobState.Delayed => (long.MaxValue, 0), // Between its step and the clock.
        _ => (copy.Details.Created, 0),
    };
}
