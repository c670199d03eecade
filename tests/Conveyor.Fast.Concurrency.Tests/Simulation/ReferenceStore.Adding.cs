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

    /// <summary>14: what is there already, by an id or a key of a stored job or of an item before it, adds nothing; so it takes no room.</summary>
    private List<JobPlan> Added(JobPlan[] plans) =>
        [.. plans.Where((plan, i) => Existing(plan) is null && !plans.Take(i).Any(other => IsSame(other, plan)))];

    private ReferenceJob? Existing(JobPlan plan) =>
        plan.CustomId is { } id ? Holder(plan.Queue, id) : plan.Key is { } key ? _keys.GetValueOrDefault((plan.Queue, key)) : null;

    private string AddJobs(JobPlan[] plans, Action<ReferenceJob>? known = null)
    {
        List<(JobPlan Plan, ReferenceJob? Holder)> wanted = [.. plans.Select(plan => (plan, Existing(plan)))];
        List<string> answers = [];
        List<string> duplicates = [];
        List<ReferenceJob> jobs = [];
        foreach ((JobPlan plan, ReferenceJob? holder) in wanted)
        {
            ReferenceJob? existing = holder ?? jobs.Find(other => IsSame(other.Plan, plan));
            ReferenceJob job = existing ?? Store(plan);
            if (existing is null)
            {
                jobs.Add(job);
            }
            else
            {
                duplicates.Add($"{(plan.Key is null ? "duplicated" : "deduplicated")} {existing.Name}");
            }

            answers.Add(job.Name);
            known?.Invoke(job);
        }

        Delay(jobs);
        SendOut(AnnounceAdded(jobs));
        Note(duplicates);
        return string.Join(' ', answers);
    }

    private string AddFlow(AddWay way, JobPlan[] roots)
    {
        roots = Fresh(roots);
        List<JobPlan> all = [.. roots.SelectMany(static root => root.All())];
        List<JobPlan> withId = all.FindAll(static plan => plan.CustomId is not null);

        // 14: ids that clash refuse the flow.
        bool clashes = withId.Exists(plan => Holder(plan.Queue, plan.CustomId!) is not null || withId.Exists(other => other != plan && IsSame(other, plan)));
        if (!HasRoom(all) && !(way == AddWay.Async && _caller is not null))
        {
            return way == AddWay.Throw || !MayEverFit(all) ? "refused" : way == AddWay.Try ? "full" : WaitForRoom(roots[0], isFlow: true);
        }

        return clashes ? "refused" : AddTrees(roots);
    }

    private static bool IsSame(JobPlan a, JobPlan b) =>
        a.Queue == b.Queue && ((a.CustomId is not null && a.CustomId == b.CustomId) || (a.Key is not null && a.Key == b.Key));

    private ReferenceJob Store(JobPlan plan)
    {
        plan = WithDefaults(plan);
        ReferenceJob job = new(plan, _now) { State = FirstState(plan) };
        _jobs.Add(plan.Name, job);
        TakeKey(job);
        return job;
    }

    private static JobState FirstState(JobPlan plan) =>
        plan.Children.Length != 0 ? JobState.WaitingChildren : plan.Delay > 0 ? JobState.Delayed : JobState.Waiting;

    private JobPlan WithDefaults(JobPlan plan) => plan.Queue == "a" && _plan.Defaults is { } defaults
        ? plan with
        {
            Priority = plan.Priority ?? defaults.Priority,
            KeepCompleted = plan.OnComplete.IsNone ? defaults.KeepCompleted : plan.KeepCompleted,
            KeepFailed = plan.OnFail.IsNone ? defaults.KeepFailed : plan.KeepFailed,
            Delay = plan.Delay ?? defaults.Delay,
        }
        : plan;

    /// <summary>Those that are delayed wait for their time from their add on.</summary>
    private void Delay(List<ReferenceJob> jobs) => jobs.FindAll(static job => job.State == JobState.Delayed).ForEach(job => PutUnderClock(job, job.OwnDelay));

    /// <summary>All of them are there before the first is told of.</summary>
    private List<ReferenceNews> AnnounceAdded(List<ReferenceJob> jobs)
    {
        List<ReferenceNews> news = [.. jobs.Select(job => Book(job, JobState.None, null, JobEventType.Added, WaitingType(job)))];
        news.ForEach(Tell);
        return news;
    }

    /// <summary>16: plain jobs join the line; LIFO jobs go to the front, those of one call in their old order.</summary>
    private void SendOut(List<ReferenceNews> added)
    {
        added.FindAll(news => !IsLifo(news.Job)).ForEach(news => Line(news, toFront: false));
        added.FindAll(news => IsLifo(news.Job)).AsEnumerable().Reverse().ToList().ForEach(news => Line(news, toFront: true));
    }

    /// <summary>After a step to Waiting. A job that has left that stay meanwhile, by what a subscriber did, leaves a place that is nobody's.</summary>
    private void Line(ReferenceNews news, bool toFront)
    {
        if (news.State == JobState.Waiting)
        {
            _lines[news.Job.Plan.Queue].Add(news.Job, toFront, isGood: news.Job.Stay == news.Stay);
        }
    }

    private bool IsLifo(ReferenceJob job) => job.Plan.Lifo || (job.Plan.Queue == "c" && _plan.Lifo);

    private JobPlan[] Fresh(JobPlan[] plans) => JobNames.Fresh(_added, plans);
}
