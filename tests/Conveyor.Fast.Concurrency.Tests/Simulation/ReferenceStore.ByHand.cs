namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Cancel, remove and retry by hand. Rules 9, 10, 15, 22.</summary>
internal sealed partial class ReferenceStore
{
    /// <summary>10: from parents down, so that no parent is failed by an operation that takes it too.</summary>
    private string Cancel(ReferenceJob root, string? reason, bool includeChildren)
    {
        if (!root.IsUnfinished)
        {
            return "False"; // Changes nothing below it either.
        }

        bool any = false;
        List<ReferenceJob> active = [];
        foreach (ReferenceJob job in includeChildren ? Subtree(root) : [root])
        {
            if (job.State == JobState.Active)
            {
                active.Add(job);
            }
            else if (!job.IsEnded)
            {
                End(job, JobState.Canceled, reason ?? "canceled", reason);
                any = true;
            }
        }

        Conclude();
        foreach (ReferenceJob job in active)
        {
            any |= RequestCancel(job, reason);
        }

        return any.ToString();
    }

    /// <summary>22: the token fires at once; the end comes when the handler returns.</summary>
    private bool RequestCancel(ReferenceJob job, string? reason)
    {
        if (job.IsCancelRequested)
        {
            return false;
        }

        job.IsCancelRequested = true;
        job.CancelReason = reason;
        Fire(job.Run!);
        return true;
    }

    /// <summary>10: all or nothing; refused if any of it is active. 9: counts as a removed child for the parent above.</summary>
    private string Remove(ReferenceJob root, bool keepChildren)
    {
        if (!root.IsStored)
        {
            return "False";
        }

        List<ReferenceJob> all = keepChildren ? [root] : [.. Subtree(root)];
        if (all.Exists(static job => job.State == JobState.Active))
        {
            return "refused InvalidJobStateException";
        }

        foreach (ReferenceJob job in all)
        {
            TakeAway(job);
            if (!job.IsEnded)
            {
                Settle(job, isBad: false);
            }
        }

        Conclude();
        return "True";
    }

    /// <summary>15: a new life, if no run of the old one is out (21); edges open again to every child that has not ended.</summary>
    private string Retry(ReferenceJob job, bool includeCompleted)
    {
        if (!job.IsStored)
        {
            return "refused JobNotFoundException";
        }

        if (!job.IsEnded || (job.State == JobState.Completed && !includeCompleted) || job.StrayRuns > 0)
        {
            return "refused InvalidJobStateException";
        }

        ReferenceNews news = Revive(job);
        Tell(news);
        Line(news, toFront: false);
        DropGuard(job);
        return "retried";
    }

    private ReferenceNews Revive(ReferenceJob job)
    {
        JobState previous = job.State;
        List<ReferenceEdge> unfinished = job.Children.FindAll(static edge => edge.Child.IsUnfinished);
        unfinished.ForEach(static edge => edge.IsOpen = true);
        TakeKey(job);
        job.State = unfinished.Count == 0 ? JobState.Waiting : JobState.WaitingChildren;
        job.AttemptsMade = 0;
        job.Value = null;
        job.Reason = null;
        job.Origin = null;
        job.Started = null;
        job.Worker = null;
        job.Ended = null;
        job.Filed = null;
        job.OwnDelay = TimeSpan.Zero;
        job.Stalls = 0;
        job.History.Clear();
        job.IsDiscarded = false;
        job.IsConcluded = false;
        job.Guards++;
        return Book(job, previous, null, WaitingType(job));
    }

    /// <summary>11: a parent is promoted once the operation that let it wait is through with all that belongs to it.</summary>
    private void DropGuard(ReferenceJob job)
    {
        job.Guards--;
        PromoteIfSettled(job, null);
        Conclude();
    }

    /// <summary>16: a waiting job joins the line of that priority, or goes to its front; any other has it when it becomes ready.</summary>
    private string ChangePriority(ReferenceJob job, int priority, bool toFront)
    {
        if (!job.IsStored)
        {
            return "refused JobNotFoundException";
        }

        if (job.State is not (JobState.Waiting or JobState.Delayed or JobState.WaitingChildren))
        {
            return "refused InvalidJobStateException";
        }

        job.Priority = priority;
        if (job.State == JobState.Waiting)
        {
            job.Stay++;
            _lines[job.Plan.Queue].Add(job, toFront);
        }

        return "changed";
    }

    /// <summary>
    /// The job and all that is stored below it and goes with it, from the top; what hangs under a job that is gone is
    /// nobody's. What becomes of a job is done before it is asked what goes with it.
    /// </summary>
    private static IEnumerable<ReferenceJob> Subtree(ReferenceJob root)
    {
        HashSet<ReferenceJob> taken = [];
        Stack<ReferenceJob> open = new([root]);
        while (open.TryPop(out ReferenceJob? job))
        {
            if (job.IsStored && taken.Add(job))
            {
                yield return job;
                job.Children.FindAll(edge => GoesWith(edge, taken)).AsEnumerable().Reverse().ToList().ForEach(edge => open.Push(edge.Child));
            }
        }
    }

    /// <summary>13: a job of the parent's own flow that no other unfinished parent waits for.</summary>
    private static bool GoesWith(ReferenceEdge edge, HashSet<ReferenceJob> taken) =>
        edge.IsOwn && !edge.Child.Parents.Exists(other => other.IsOpen && other.Parent is { IsStored: true, State: JobState.WaitingChildren } && !taken.Contains(other.Parent));
}
