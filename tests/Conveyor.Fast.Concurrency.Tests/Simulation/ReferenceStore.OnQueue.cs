namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What is done to all jobs of a queue. Rules 7 to 10, 15.</summary>
internal sealed partial class ReferenceStore
{
    private string OnQueue(Operation.OnQueue operation)
    {
        List<ReferenceJob> all = [.. _jobs.Values.Where(job => job.IsStored && job.Plan.Queue == operation.Queue)];
        return operation switch
        {
            Operation.Drain drain => RemoveAll(all.FindAll(job => IsDrained(job, drain.KeepDelayed)), drain),
            Operation.Clean clean => Clean(all.FindAll(job => job.State == clean.State && _now - AgesFrom(job) >= TimeSpan.FromMinutes(clean.Minutes)), clean),
            Operation.RetryJobs retry => RetryJobs(all.FindAll(job => job.State == retry.State), retry),
            Operation.Obliterate obliterate => Obliterate(all, obliterate),
            _ => throw new ArgumentException($"{operation} is unknown.", nameof(operation)),
        };
    }

    /// <summary>
    /// Jobs, schedules and the pause; none of the jobs is followed by its schedule's next. 10: all or nothing. 21: by force
    /// a handler keeps its place until it has returned; its token fires last.
    /// </summary>
    private string Obliterate(List<ReferenceJob> all, Operation.Obliterate obliterate)
    {
        List<ReferenceRun> runs = [.. all.Select(static job => job.Run).OfType<ReferenceRun>()];
        if (runs.Count > 0 && !obliterate.Force)
        {
            return "refused InvalidJobStateException";
        }

        EndSchedules(obliterate.Queue);
        runs.ForEach(Take);
        string removed = RemoveAll(all, obliterate);
        runs.ForEach(Fire);
        PauseQueue(obliterate.Queue, pause: false);
        return removed;
    }

    private static bool IsDrained(ReferenceJob job, bool keepDelayed) =>
        job.State is JobState.Waiting or JobState.WaitingChildren || (job.State == JobState.Delayed && !keepDelayed);

    private static TimeSpan AgesFrom(ReferenceJob job) => job.IsEnded ? job.Ended!.Value : job.Created;

    /// <summary>Oldest first, up to the limit.</summary>
    private string Clean(List<ReferenceJob> old, Operation.Clean clean)
    {
        TimeSpan[] youngest = [.. old.Select(AgesFrom).Order().Take(clean.Limit)];
        List<ReferenceJob> taken = InOrder(old, clean.Taken.Count, clean.Taken);
        if (!taken.Select(AgesFrom).SequenceEqual(youngest))
        {
            return $"cleaned jobs of the ages {string.Join(' ', youngest)}";
        }

        if (_listens)
        {
            Notices.Add($"cleaned {clean.Queue} {taken.Count}");
        }

        return RemoveAll(taken, clean);
    }

    /// <summary>10: none of them is promoted by another's going. 7, 8: what waits elsewhere counts them without a value.</summary>
    private string RemoveAll(List<ReferenceJob> all, Operation.OnQueue operation)
    {
        List<ReferenceJob> taken = InOrder(all, all.Count, operation.Taken);
        List<ReferenceJob> unfinished = taken.FindAll(static job => !job.IsEnded);
        taken.ForEach(job => TakeAway(job));

        unfinished.ForEach(SettleOwn);
        foreach (ReferenceEdge edge in unfinished.SelectMany(static job => job.Parents.FindAll(static edge => edge is { IsOpen: true, IsPrepared: false })))
        {
            Settle(edge, isBad: false);
        }

        Conclude();
        return Say(taken);
    }

    private void SettleOwn(ReferenceJob job)
    {
        if (job.FirstEdge is { IsOpen: true } own)
        {
            Settle(own, isBad: false);
        }
    }

    /// <summary>15: children before their parents, else in the order in which they ended. 21: a job whose run is out is left alone.</summary>
    private string RetryJobs(List<ReferenceJob> all, Operation.RetryJobs retry)
    {
        List<ReferenceJob> free = all.FindAll(static job => job.StrayRuns == 0);
        List<ReferenceJob> taken = InOrder(free, free.Count, retry.Taken);
        for (int i = 0; i < taken.Count; i++)
        {
            if (taken[i].Children.Exists(edge => taken.IndexOf(edge.Child) > i))
            {
                return $"{taken[i].Name} after its children";
            }
        }

        List<ReferenceJob> childless = taken.FindAll(job => !job.Children.Exists(edge => all.Contains(edge.Child)));
        if (!childless.Select(static job => job.Ended!.Value).SequenceEqual(childless.Select(static job => job.Ended!.Value).Order()))
        {
            return "in the order in which they ended";
        }

        List<ReferenceNews> news = [.. taken.Select(Revive)];
        foreach (ReferenceNews each in news)
        {
            Tell(each);
            Line(each, toFront: false);
        }

        taken.ForEach(DropGuard);
        return Say(taken);
    }

    /// <summary>In the order in which they were taken, if it was these; else by name.</summary>
    private static List<ReferenceJob> InOrder(List<ReferenceJob> all, int count, IReadOnlyList<string> names)
    {
        List<ReferenceJob> taken = [.. names.Select(name => all.Find(job => job.Name == name)).OfType<ReferenceJob>().Distinct()];
        return taken.Count == count && names.Count == count ? taken : [.. all.OrderBy(static job => job.Name, StringComparer.Ordinal)];
    }

    private static string Say(List<ReferenceJob> taken) => $"{taken.Count}: {string.Join(' ', taken.Select(static job => job.Name))}";
}
