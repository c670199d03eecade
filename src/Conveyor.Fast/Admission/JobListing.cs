using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>Lists jobs by a scan of all slots: each job is met once, by its slot.</summary>
internal static class JobListing
{
    public static IReadOnlyList<JobInfo> List(JobStore store, int queue, JobState state, int start, int end)
    {
        JobTable table = store.Engine.Table;
        List<(long Key, long Id)> found = [];
        bool newestFirst = state is JobState.Completed or JobState.Failed or JobState.Canceled;
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
                found.Add((newestFirst ? -copy.Record.Ended : copy.Details.Created, id));
            }
        }

        found.Sort();
        List<JobInfo> page = [];
        for (int i = start; i < Math.Min(end, found.Count); i++)
        {
            if (new JobHandle(store, new JobId(found[i].Id)).TryGetInfo(out JobInfo? info) && info.State == state)
            {
                page.Add(info);
            }
        }

        return page;
    }
}
