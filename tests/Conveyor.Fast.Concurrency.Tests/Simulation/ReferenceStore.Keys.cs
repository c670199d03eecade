namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Flows and deduplication keys: which of its leaves are jobs, and which attach. Rules 5, 13.</summary>
internal sealed partial class ReferenceStore
{
    /// <summary>The live jobs that have a key, from their adds, or retries if it was free, to their ends.</summary>
    private readonly Dictionary<(string Queue, string Key), ReferenceJob> _keys = [];

    private string AddTrees(JobPlan[] roots)
    {
        Dictionary<JobPlan, ReferenceJob> placed = new(ReferenceEqualityComparer.Instance);
        List<ReferenceJob> jobs = [];
        List<string> attached = [];
        foreach (JobPlan plan in Numbered(roots))
        {
            // The first leaf of a key becomes the job, unless one lives already; the others attach to it.
            placed[plan] = plan.Key is { } key && _keys.TryGetValue((plan.Queue, key), out ReferenceJob? holder) ? holder : Store(plan);
            if (placed[plan].Name == plan.Name)
            {
                jobs.Add(placed[plan]);
            }
            else
            {
                attached.Add($"deduplicated {placed[plan].Name}");
            }
        }

        foreach (JobPlan root in roots)
        {
            HashSet<ReferenceJob> own = [.. root.All().Select(plan => placed[plan]).Where(job => root.All().Any(plan => plan.Name == job.Name))];
            foreach (JobPlan plan in root.All())
            {
                foreach (JobPlan child in plan.Children)
                {
                    placed[plan].Children.Add(new ReferenceEdge(placed[plan], placed[child], own.Contains(placed[child])));
                }
            }
        }

        // A job's own parent is its first; then those that attached, in their order.
        List<JobPlan> all = [.. roots.SelectMany(static root => root.All())];
        JoinParents(Numbered(roots).Where(plan => placed[plan].Name == plan.Name), placed, all);
        JoinParents(Numbered(roots).Where(plan => placed[plan].Name != plan.Name), placed, all);
        List<ReferenceJob> parents = jobs.FindAll(static job => job.Children.Count != 0);
        parents.ForEach(static parent => parent.Guards++);
        List<ReferenceJob> declared = [.. all.Where(plan => placed[plan].Name == plan.Name).Select(plan => placed[plan])];
        Delay(declared);
        List<ReferenceNews> added = AnnounceAdded(jobs);
        OpenPrepared([.. Numbered(roots).SelectMany(plan => placed[plan].Parents).Where(static edge => edge.IsPrepared)]);
        Note(attached);

        // Leaves of one queue start in declared, depth-first order.
        SendOut([.. added.OrderBy(news => declared.IndexOf(news.Job))]);
        parents.AsEnumerable().Reverse().ToList().ForEach(DropGuard);
        return string.Join(' ', all.Select(plan => $"{placed[plan].Name}:{FirstState(WithDefaults(plan))}"));
    }

    /// <summary>13: a job that has ended while its new parents were told of settles their edges now, from what is left of it.</summary>
    private void OpenPrepared(List<ReferenceEdge> edges)
    {
        foreach (ReferenceEdge edge in edges)
        {
            edge.IsPrepared = false;
            if (edge is { IsOpen: true, Child.IsUnfinished: false })
            {
                Settle(edge, isBad: edge.Child is { State: JobState.Failed or JobState.Canceled });
            }
        }

        Conclude();
    }

    private static void JoinParents(IEnumerable<JobPlan> plans, Dictionary<JobPlan, ReferenceJob> placed, List<JobPlan> all)
    {
        foreach (JobPlan plan in plans)
        {
            if (all.Find(parent => parent.Children.Contains(plan, ReferenceEqualityComparer.Instance)) is { } parent)
            {
                ReferenceEdge edge = placed[parent].Children[Array.IndexOf(parent.Children, plan)];
                placed[plan].Parents.Add(edge);
                edge.IsPrepared = placed[plan].Name != plan.Name;
                placed[plan].FirstEdge ??= placed[plan].Name == plan.Name ? edge : null;
            }
        }
    }

    /// <summary>The order in which keys are taken: the roots, then the children of each node, as nodes come.</summary>
    private static List<JobPlan> Numbered(JobPlan[] roots) =>
        [.. roots, .. roots.SelectMany(static root => root.All()).SelectMany(static plan => plan.Children)];

    private void TakeKey(ReferenceJob job)
    {
        if (job.Plan.Key is { } key)
        {
            _keys.TryAdd((job.Plan.Queue, key), job);
        }
    }

    private void FreeKey(ReferenceJob job)
    {
        if (job.Plan.Key is { } key && _keys.GetValueOrDefault((job.Plan.Queue, key)) == job)
        {
            _keys.Remove((job.Plan.Queue, key));
        }
    }
}
