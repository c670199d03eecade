namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Adding: rules 5, 14, 25.</summary>
internal sealed partial class ReferenceStore
{
    private string Add(AddWay way, JobPlan[] plans)
    {
        plans = Fresh(plans);
        List<JobPlan> added = Added(plans);
        if (HasRoom(added) || (way == AddWay.Async && _caller is not null))
        {
            return AddJobs(plans);
        }

        return way switch
        {
            AddWay.Try => "full",
            AddWay.Async => WaitForRoom(plans[0], isFlow: false),
            _ => "refused QueueFullException",
        };
    }

    /// <summary>14: an id that is taken, by a stored job or by an item before it, adds nothing; so it takes no room.</summary>
    private List<JobPlan> Added(JobPlan[] plans) =>
        [.. plans.Where((plan, i) => plan.CustomId is not { } id || (Holder(plan.Queue, id) is null && !plans.Take(i).Any(other => IsSameId(other, plan))))];

    private string AddJobs(JobPlan[] plans)
    {
        List<(JobPlan Plan, ReferenceJob? Holder)> wanted = [];
        foreach (JobPlan plan in plans)
        {
            wanted.Add((plan, plan.CustomId is { } id ? Holder(plan.Queue, id) : null));
        }

        List<string> answers = [];
        List<string> duplicates = [];
        List<ReferenceJob> jobs = [];
        foreach ((JobPlan plan, ReferenceJob? holder) in wanted)
        {
            ReferenceJob? existing = holder ?? jobs.Find(other => IsSameId(other.Plan, plan));
            ReferenceJob job = existing ?? Store(plan, null);
            if (existing is null)
            {
                jobs.Add(job);
            }
            else
            {
                duplicates.Add(existing.Name);
            }

            answers.Add(job.Name);
        }

        jobs.ForEach(AnnounceAdded);
        Line(jobs);
        NoteDuplicates(duplicates);
        return string.Join(' ', answers);
    }

    private string AddFlow(AddWay way, JobPlan[] roots)
    {
        roots = Fresh(roots);
        List<JobPlan> all = [.. roots.SelectMany(static root => root.All())];
        List<JobPlan> withId = all.FindAll(static plan => plan.CustomId is not null);

        // 14: ids that clash refuse the flow.
        bool clashes = withId.Exists(plan => Holder(plan.Queue, plan.CustomId!) is not null || withId.Exists(other => other != plan && IsSameId(other, plan)));
        if (!HasRoom(all) && !(way == AddWay.Async && _caller is not null))
        {
            return way == AddWay.Throw || !MayEverFit(all) ? "refused" : way == AddWay.Try ? "full" : WaitForRoom(roots[0], isFlow: true);
        }

        return clashes ? "refused" : AddTrees(roots);
    }

    private string AddTrees(JobPlan[] roots)
    {
        List<ReferenceJob> jobs = [];
        foreach (JobPlan root in roots)
        {
            StoreTree(root, null, jobs);
        }

        jobs.ForEach(AnnounceAdded);

        // Leaves of one queue start in declared, depth-first order.
        Line(jobs.FindAll(static job => job.State == JobState.Waiting));
        return string.Join(' ', jobs.Select(static job => $"{job.Name}:{job.State}"));
    }

    private static bool IsSameId(JobPlan a, JobPlan b) => a.CustomId is not null && a.CustomId == b.CustomId && a.Queue == b.Queue;

    private ReferenceJob Store(JobPlan plan, ReferenceJob? parent)
    {
        plan = WithDefaults(plan);
        ReferenceJob job = new(plan, parent, _now) { State = plan.Children.Length == 0 ? JobState.Waiting : JobState.WaitingChildren };
        parent?.Children.Add(job);
        _jobs.Add(plan.Name, job);
        return job;
    }

    private JobPlan WithDefaults(JobPlan plan) => plan.Queue == "a" && _plan.Defaults is { } defaults
        ? plan with
        {
            Priority = plan.Priority ?? defaults.Priority,
            KeepCompleted = plan.KeepCompleted ?? defaults.KeepCompleted,
            KeepFailed = plan.KeepFailed ?? defaults.KeepFailed,
        }
        : plan;

    private void StoreTree(JobPlan plan, ReferenceJob? parent, List<ReferenceJob> jobs)
    {
        ReferenceJob job = Store(plan, parent);
        jobs.Add(job);
        foreach (JobPlan child in plan.Children)
        {
            StoreTree(child, job, jobs);
        }
    }

    private void AnnounceAdded(ReferenceJob job)
    {
        Announce(job, JobEventType.Added, JobState.None);
        Announce(job, job.State == JobState.Waiting ? JobEventType.Waiting : JobEventType.WaitingChildren, JobState.None);
    }

    /// <summary>16: plain jobs join the line; LIFO jobs go to the front, those of one call in their old order.</summary>
    private void Line(List<ReferenceJob> jobs)
    {
        jobs.FindAll(job => !IsLifo(job)).ForEach(job => _lines[job.Plan.Queue].Add(job, toFront: false));
        jobs.FindAll(IsLifo).AsEnumerable().Reverse().ToList().ForEach(job => _lines[job.Plan.Queue].Add(job, toFront: true));
    }

    private bool IsLifo(ReferenceJob job) => job.Plan.Lifo || (job.Plan.Queue == "c" && _plan.Lifo);

    private void NoteDuplicates(List<string> duplicates)
    {
        if (_listens)
        {
            Notices.AddRange(duplicates.Select(static name => $"duplicated {name}"));
        }
    }

    private JobPlan[] Fresh(JobPlan[] plans) => JobNames.Fresh(_added, plans);
}
