namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What can be read of the store. Rules 12, 25.</summary>
internal sealed partial class ReferenceStore
{
    public JobState StateOf(string job) => _jobs[job].VisibleState;

    public string Describe(string job)
    {
        ReferenceJob it = _jobs[job];
        return !it.IsStored ? "none" : string.Join(", ",
            it.Name, it.Plan.Queue, it.State, it.Priority, it.Plan.CustomId, it.Plan.Policy,
            $"attempts {it.AttemptsMade} of {it.Plan.Attempts}",
            $"parent {it.Parent?.Name}",
            $"parents {string.Join(' ', it.Parents.Select(static edge => edge.Parent).Distinct().Where(static parent => parent.IsStored).Select(static parent => parent.Name))}",
            $"children {string.Join(' ', it.Children.Select(static edge => edge.Child.Name))}",
            $"pending {(it.State == JobState.WaitingChildren ? it.Children.Count(static edge => edge.IsOpen) : 0)}",
            $"due {(it.State == JobState.Delayed ? it.Due : null)}",
            $"times {it.Created} {it.Started} {(it.IsEnded ? it.Ended : null)}",
            $"worker {it.Worker?.Name}",
            $"stalled {it.Stalls}, discarded {it.IsDiscarded}",
            $"value {(it.State == JobState.Completed ? it.Value ?? "null" : "")}",
            $"history {string.Join("; ", it.History)}",
            $"reason {(it.State == JobState.Completed ? "" : it.Reason)}");
    }

    public JobCounts Count(string queue)
    {
        int[] counts = new int[8];
        foreach (ReferenceJob job in _jobs.Values)
        {
            counts[(int)job.VisibleState] += job.Plan.Queue == queue ? 1 : 0;
        }

        return new JobCounts(counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]);
    }

    /// <summary>25: a job takes room until it ends or is removed, in whatever state.</summary>
    public int RoomTaken(string queue) => CapacityOf(queue) is null ? 0 : Unfinished(queue);

    public string List(string queue, JobState state) =>
        string.Join(' ', _jobs.Values.Where(job => job.Plan.Queue == queue && job.VisibleState == state).Select(static job => job.Name).Order(StringComparer.Ordinal));

    public string? Find(string queue, string customId) => Holder(queue, customId)?.Name;
}
