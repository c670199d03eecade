namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Adds jobs and flows, and knows them by their names from then on.</summary>
internal sealed partial class EngineActor
{
    private readonly Dictionary<string, JobPlan> _plans = []; // By the jobs' own names.
    private readonly Dictionary<string, (Task Added, CancellationTokenSource GiveUp)> _givingUp = [];

    private static JobOptions OptionsOf(QueueDefaults defaults) => new()
    {
        Priority = defaults.Priority,
        RemoveOnComplete = new KeepBound(defaults.KeepCompleted, null).ToRetention(),
        RemoveOnFail = new KeepBound(defaults.KeepFailed, null).ToRetention(),
        Delay = Minutes(defaults.Delay),
    };

    private static TimeSpan? Minutes(int? minutes) => minutes is { } count ? TimeSpan.FromMinutes(count) : null;

    private JobOptions OptionsOf(JobPlan plan, bool hasDelay = true) => new()
    {
        Priority = plan.Priority,
        Lifo = plan.Lifo ? true : null,
        Attempts = plan.Attempts,
        Backoff = BackoffOf(plan),
        CustomId = plan.CustomId,
        Deduplication = plan.Key is { } key ? Deduplication.ByKey(key) : null,
        FailParentOnChildFailure = plan.Policy,
        RemoveOnComplete = plan.OnComplete.ToRetention(),
        RemoveOnFail = plan.OnFail.ToRetention(),
        Delay = hasDelay ? Minutes(plan.Delay) : null,
        Timeout = plan.Limit,
        MaxStalls = plan.MaxStalls,
    };

    private Backoff? BackoffOf(JobPlan plan) => plan.Custom != CustomBackoff.None
        ? Backoff.Custom(context => AnswerOf(plan, context))
        : plan.Backoff is { } minutes ? Backoff.Fixed(TimeSpan.FromMinutes(minutes)) : null;

    private JobRequest<JobPlan> RequestOf(JobPlan plan) => new(plan.Name, plan)
    {
        Options = OptionsOf(plan, hasDelay: !plan.DelaysByCall),
        Delay = plan.DelaysByCall ? Minutes(plan.Delay) : null,
    };

    private FlowJob FlowOf(JobPlan plan) =>
        new(plan.Name, plan.Queue, plan) { Options = OptionsOf(plan), Children = [.. plan.Children.Select(FlowOf)] };

    private string Add(AddWay way, JobPlan[] plans)
    {
        KnowPlans(plans);
        JobQueue queue = Store.GetQueue(plans[0].Queue);
        if (plans is not [JobPlan plan])
        {
            JobHandle[] jobs = queue.AddBulk(plans.Select(RequestOf));
            return string.Join(' ', jobs.Select((job, i) => Know(job, plans[i].Name)));
        }

        switch (way)
        {
            case AddWay.Try:
                return queue.TryAdd(RequestOf(plan), out JobHandle tried) ? Know(tried, plan.Name) : "full";
            case AddWay.Async:
                CancellationTokenSource giveUp = new();
                ValueTask<JobHandle> added = queue.AddAsync(plan.Name, plan, OptionsOf(plan), giveUp.Token);
                return added.IsCompleted ? Know(added.Result, plan.Name) : WaitForRoom(plan, LaterAsync(plan.Name, added), giveUp);
            default:
                return Know(
                    plan is { DelaysByCall: true, Delay: { } minutes }
                        ? queue.AddDelayed(plan.Name, plan, TimeSpan.FromMinutes(minutes), OptionsOf(plan, hasDelay: false))
                        : queue.Add(plan.Name, plan, OptionsOf(plan)),
                    plan.Name);
        }
    }

    private string AddFlow(AddWay way, JobPlan[] plans)
    {
        KnowPlans(plans);
        IReadOnlyList<FlowResult> roots;
        if (plans is not [JobPlan plan])
        {
            roots = _flows.AddBulk(plans.Select(FlowOf));
        }
        else if (way == AddWay.Try)
        {
            if (!_flows.TryAdd(FlowOf(plan), out FlowResult? tried))
            {
                return "full";
            }

            roots = [tried];
        }
        else if (way == AddWay.Async)
        {
            CancellationTokenSource giveUp = new();
            ValueTask<FlowResult> added = _flows.AddAsync(FlowOf(plan), giveUp.Token);
            if (!added.IsCompleted)
            {
                return WaitForRoom(plan, LaterAsync(plan.Name, added), giveUp);
            }

            roots = [added.AsTask().GetAwaiter().GetResult()];
        }
        else
        {
            roots = [_flows.Add(FlowOf(plan))];
        }

        return KnowTrees(roots);
    }

    private string KnowTrees(IReadOnlyList<FlowResult> roots)
    {
        List<string> answers = [];
        foreach (FlowResult root in roots)
        {
            KnowTree(root, answers);
        }

        return string.Join(' ', answers);
    }

    private void KnowTree(FlowResult node, List<string> answers)
    {
        answers.Add($"{Know(node.Job, node.Name)}:{node.State}");
        foreach (FlowResult child in node.Children)
        {
            KnowTree(child, answers);
        }
    }

    private string WaitForRoom(JobPlan plan, Task<object?> added, CancellationTokenSource giveUp)
    {
        Assert.Equal(0, _handlers);
        _givingUp.Add(plan.Name, (added, giveUp));
        _waits.Add(added);
        return "waits";
    }

    private static async Task<object?> LaterAsync(string name, ValueTask<JobHandle> added) => new AddedLater(name, await added.ConfigureAwait(false), null);

    private static async Task<object?> LaterAsync(string name, ValueTask<FlowResult> added) => new AddedLater(name, null, await added.ConfigureAwait(false));

    private string GiveUp(string job)
    {
        if (!_givingUp.TryGetValue(job, out (Task Added, CancellationTokenSource GiveUp) wait) || wait.Added.IsCompleted)
        {
            return "nothing";
        }

        wait.GiveUp.Cancel();
        return "gives up";
    }

    private void KnowPlans(params JobPlan[] plans)
    {
        foreach (JobPlan plan in plans.SelectMany(static plan => plan.All()))
        {
            _plans[plan.Name] = plan;
        }
    }

    /// <summary>A leaf may have attached to a job of another name.</summary>
    private string Know(JobHandle job, string name)
    {
        if (!_names.TryGetValue(job.Id, out string? known))
        {
            known = job.TryGetInfo(out JobInfo? info) ? info.Name : name;
            _names.Add(job.Id, known);
            _jobs.Add(known, job);
        }

        return known;
    }
}
