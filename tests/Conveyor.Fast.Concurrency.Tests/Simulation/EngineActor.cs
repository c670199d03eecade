using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Tells a story to a store with a fake clock, a seed and pumped workers. Jobs go by their names.</summary>
internal sealed partial class EngineActor : IActor, IDisposable
{
    private static readonly DateTimeOffset s_begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_waitLimit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new(s_begin);
    private readonly FlowProducer _flows;
    private readonly List<Worker> _workers = [];
    private readonly Dictionary<string, JobHandle> _jobs = [];
    private readonly Dictionary<JobId, string> _names = [];
    private readonly Dictionary<string, int> _added = [];
    private readonly Dictionary<string, int> _runs = [];
    private readonly Dictionary<string, TaskCompletionSource<RunEnd>> _suspended = [];
    private readonly Dictionary<string, CancellationToken> _tokens = [];
    private readonly List<Task<object?>> _waits = [];
    private IDisposable? _listener;
    private IDisposable? _disturber;

    public EngineActor(StorePlan plan)
    {
        Store = new JobStore(new JobStoreOptions
        {
            TimeProvider = _time,
            RandomSeed = 1,
            LoggerFactory = NullLoggerFactory.Instance,
            Retention = new RetentionOptions { Completed = BoundOf(plan.KeepCompleted), Failed = BoundOf(plan.KeepFailed) },
        });
        _flows = new FlowProducer(Store);
        foreach (string queue in ReferenceStore.Queues)
        {
            Store.GetQueue(queue, new JobQueueOptions { Capacity = queue == "b" ? plan.Capacity : null, Lifo = queue == "c" && plan.Lifo });
        }

        foreach (WorkerPlan worker in plan.Workers)
        {
            string name = $"w{_workers.Count}";
            _workers.Add(new Worker(
                Store, worker.Queue, (job, token) => Run(name, job, token),
                new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = worker.Concurrency, Name = name }));
        }
    }

    public JobStore Store { get; }

    public List<string> Trace { get; } = [];

    public List<JobAnnouncement> Heard { get; } = [];

    public List<string> Notices { get; } = [];

    public IReadOnlyList<string?> Waits => [.. _waits.Select(wait => wait.IsCompleted ? OutcomeOf(wait) : null)];

    public IReadOnlyCollection<string> Names => _jobs.Keys;

    public IEnumerable<string> Fired => _tokens.Where(static pair => pair.Value.IsCancellationRequested).Select(static pair => pair.Key);

    /// <summary>The jobs' ids in order of adding, for the comparison of two tellings.</summary>
    public IEnumerable<JobId> Ids => _names.Keys;

    public string Perform(Operation operation)
    {
        try
        {
            return operation switch
            {
                Operation.Add add => Add(add.Way, JobNames.Fresh(_added, add.Jobs)),
                Operation.AddFlow add => AddFlow(add.Way, JobNames.Fresh(_added, add.Roots)),
                Operation.Pump pump => Say(pump.Jobs is { } jobs ? Store.Pump(jobs) : Store.Pump()),
                Operation.Finish finish => Finish(finish.Job, finish.End),
                Operation.Cancel cancel => With(cancel.Job, job => job.Cancel(cancel.Reason, cancel.IncludeChildren).ToString()),
                Operation.Remove remove => With(remove.Job, job => job.Remove(remove.KeepChildren).ToString()),
                Operation.Retry retry => With(retry.Job, job => Retry(job, retry.IncludeCompleted)),
                Operation.ChangePriority change => With(change.Job, job => ChangePriority(job, change.Priority, change.ToFront)),
                Operation.Wait wait => With(wait.Job, job => Wait(job, wait.Minutes)),
                Operation.Pause pause => Pause(pause.Worker),
                Operation.Resume resume => Resume(resume.Worker),
                Operation.SetConcurrency set => SetConcurrency(set.Worker, set.Value),
                Operation.Advance advance => Advance(advance.Minutes),
                Operation.Listen listen => Listen(listen.On),
                Operation.Disturb disturb => Disturb(disturb.On),
                _ => throw new ArgumentException($"{operation} is unknown.", nameof(operation)),
            };
        }
        catch (Exception error) when (error is InvalidFlowException or DuplicateJobException || (error is QueueFullException && operation is Operation.AddFlow))
        {
            return "refused"; // A flow may be refused for several reasons at once.
        }
        catch (ConveyorException error)
        {
            return $"refused {error.GetType().Name}";
        }
    }

    /// <summary>Waits end on the thread pool; how many have to be over is known.</summary>
    public void AwaitWaits(IReadOnlyList<string?> expected)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] is not null && !_waits[i].IsCompleted && !((IAsyncResult)_waits[i]).AsyncWaitHandle.WaitOne(s_waitLimit))
            {
                return; // The comparison says which.
            }
        }
    }

    public JobState StateOf(string job) => _jobs[job].State;

    public string Describe(string job)
    {
        if (!_jobs[job].TryGetInfo(out JobInfo? it))
        {
            return "none";
        }

        return string.Join(", ",
            it.Name, it.QueueName, it.State, it.Priority, it.CustomId, it.FailParentOnChildFailure,
            $"attempts {it.AttemptsMade} of {it.Attempts}",
            $"parent {(it.ParentId is { } parent ? _names[parent] : null)}",
            $"children {string.Join(' ', it.ChildrenIds.Select(id => _names[id]))}",
            $"pending {it.PendingChildren}",
            $"times {it.CreatedAt - s_begin} {it.StartedAt - s_begin} {it.EndedAt - s_begin}",
            $"worker {it.WorkerName}",
            $"value {(it.State == JobState.Completed ? it.Value ?? "null" : "")}",
            $"reason {Origin(it.Reason)}");
    }

    public JobCounts Count(string queue) => Store.GetQueue(queue).GetJobCounts();

    public int RoomTaken(string queue) => Store.GetQueues().Single(info => info.Name == queue).RoomTaken;

    public string List(string queue, JobState state) =>
        string.Join(' ', Store.GetQueue(queue).GetJobs(state).Select(static job => job.Name).Order(StringComparer.Ordinal));

    public string? Find(string queue, string customId) => Store.GetQueue(queue).TryGetJob(customId, out JobHandle job) ? _names[job.Id] : null;

    public void Dispose() => Store.Dispose();

    private static Retention? BoundOf(int? count) => count is not { } bound ? null : bound == 0 ? Retention.RemoveAtOnce : Retention.KeepLast(bound);

    private static string Say(PumpResult result) =>
        $"{result.JobsRun} ran, {result.JobsReady} ready, {result.JobsSuspended} suspended, due in {result.NextDue}";

    /// <summary>A reason that came up from below: the child it names, by name or, once that is gone, by id alone, and the text at its end.</summary>
    private string? Origin(string? reason)
    {
        if (reason is null || ChildReason().Match(reason) is not { Success: true } match)
        {
            return reason;
        }

        string child = $"child '{_names[JobId.Parse(match.Groups["id"].Value)]}'";
        string origin = reason[(reason.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        return reason.Contains(": ", StringComparison.Ordinal) && !ChildReason().IsMatch(origin) ? $"{child}: {origin}" : child;
    }

    private string OutcomeOf(Task<object?> wait) => wait.Exception?.InnerException switch
    {
        null => $"value {wait.Result ?? "null"}",
        JobFailedException error => $"failed {Origin(error.Reason)}",
        JobCanceledException error => $"canceled {error.Reason}",
        JobNotFoundException => "gone",
        TimeoutException => "late",
        var error => error.ToString(),
    };

    private static JobOptions OptionsOf(JobPlan plan) => new()
    {
        Priority = plan.Priority,
        Lifo = plan.Lifo ? true : null,
        Attempts = plan.Attempts,
        Backoff = plan.Backoff is { } minutes ? Backoff.Fixed(TimeSpan.FromMinutes(minutes)) : null,
        CustomId = plan.CustomId,
        FailParentOnChildFailure = plan.Policy,
        RemoveOnComplete = BoundOf(plan.KeepCompleted),
        RemoveOnFail = BoundOf(plan.KeepFailed),
    };

    private static JobRequest<JobPlan> RequestOf(JobPlan plan) => new(plan.Name, plan) { Options = OptionsOf(plan) };

    private static FlowJob FlowOf(JobPlan plan) =>
        new(plan.Name, plan.Queue, plan) { Options = OptionsOf(plan), Children = [.. plan.Children.Select(FlowOf)] };

    private string Add(AddWay way, JobPlan[] plans)
    {
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
                ValueTask<JobHandle> added = queue.AddAsync(plan.Name, plan, OptionsOf(plan));
                Assert.True(added.IsCompletedSuccessfully, "AddAsync waits inside a handler.");
                return Know(added.Result, plan.Name);
            default:
                return Know(queue.Add(plan.Name, plan, OptionsOf(plan)), plan.Name);
        }
    }

    private string AddFlow(AddWay way, JobPlan[] plans)
    {
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
            ValueTask<FlowResult> added = _flows.AddAsync(FlowOf(plan));
            Assert.True(added.IsCompleted, "AddAsync waits inside a handler.");
            roots = [added.AsTask().GetAwaiter().GetResult()];
        }
        else
        {
            roots = [_flows.Add(FlowOf(plan))];
        }

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

    private string Know(JobHandle job, string name)
    {
        if (_names.TryAdd(job.Id, name))
        {
            _jobs.Add(name, job);
        }

        return _names[job.Id];
    }

    private string With(string name, Func<JobHandle, string> act) => _jobs.TryGetValue(name, out JobHandle job) ? act(job) : "nothing";

    private static string Retry(JobHandle job, bool includeCompleted)
    {
        job.Retry(includeCompleted);
        return "retried";
    }

    private static string ChangePriority(JobHandle job, int priority, bool toFront)
    {
        job.ChangePriority(priority, toFront);
        return "changed";
    }

    private string Wait(JobHandle job, int? minutes)
    {
        _waits.Add((minutes is { } limit ? job.WaitUntilFinishedAsync<object?>(TimeSpan.FromMinutes(limit)) : job.WaitUntilFinishedAsync<object?>()).AsTask());
        return "waits";
    }

    private string Pause(int worker)
    {
        _workers[worker].Pause();
        return "paused";
    }

    private string Resume(int worker)
    {
        _workers[worker].Resume();
        return "resumed";
    }

    private string SetConcurrency(int worker, int value)
    {
        _workers[worker].Concurrency = value;
        return "set";
    }

    private string Advance(int minutes)
    {
        _time.Advance(TimeSpan.FromMinutes(minutes));
        return "advanced";
    }

    private string Listen(bool on)
    {
        if (on && _listener is null)
        {
            _listener = Store.Events.Subscribe((Action<JobEvent>)Hear);
        }
        else if (!on)
        {
            _listener?.Dispose();
            _listener = null;
        }

        return on ? "listens" : "does not listen";
    }

    private string Disturb(bool on)
    {
        if (on && _disturber is null)
        {
            _disturber = Store.Events.Subscribe((Action<JobEvent>)(static _ => throw new InvalidOperationException("The subscriber broke.")), JobEventType.Active, JobEventType.Completed);
        }
        else if (!on)
        {
            _disturber?.Dispose();
            _disturber = null;
        }

        return on ? "disturbs" : "does not disturb";
    }

    private void Hear(JobEvent heard)
    {
        switch (heard.Type)
        {
            case JobEventType.Error:
                Notices.Add("error");
                break;
            case JobEventType.Drained:
                Notices.Add($"drained {heard.QueueName}");
                break;
            case JobEventType.Duplicated:
                Notices.Add($"duplicated {heard.Job.GetInfo().Name}");
                break;
            default:
                Heard.Add(new JobAnnouncement(heard.JobName, heard.Type, heard.State, heard.PreviousState, heard.AttemptsMade));
                break;
        }
    }

    /// <summary>Its run goes on inside the pump; a pump of no jobs gives it as many turns as it needs.</summary>
    private string Finish(string name, RunEnd end)
    {
        if (!_suspended.Remove(name, out TaskCompletionSource<RunEnd>? run))
        {
            return "nothing";
        }

        _tokens.Remove(name);
        run.SetResult(end);
        for (int turn = 0; turn < 3; turn++)
        {
            Store.Pump(0);
        }

        return "finished";
    }

    private ValueTask<object?> Run(string worker, Job job, CancellationToken token)
    {
        JobPlan plan = job.GetData<JobPlan>();
        string name = plan.Name;
        Assert.Equal(name, job.Name);
        int number = _runs.GetValueOrDefault(name);
        _runs[name] = number + 1;
        RunPlan run = plan.Run(number);
        Trace.Add($"{worker} runs {name}, {job.AttemptsMade} made, parent {(job.ParentId is { } parent ? _names[parent] : null)}, children {string.Join(' ', Children(job))}");
        if (run.HasThrowingCallback)
        {
            token.Register(static () => throw new InvalidOperationException("The callback broke."));
        }

        foreach (Operation operation in run.Inside)
        {
            Trace.Add($"{operation}: {Perform(operation)}");
        }

        if (run.End == RunEnd.Suspend)
        {
            return SuspendAsync(name, number + 1, token);
        }

        return run.End == RunEnd.FaultedTask
            ? ValueTask.FromException<object?>(ErrorOf(run.End, name, number + 1))
            : new ValueTask<object?>(EndOf(run.End, name, number + 1));
    }

    private async ValueTask<object?> SuspendAsync(string name, int runs, CancellationToken token)
    {
        TaskCompletionSource<RunEnd> suspended = new();
        _suspended.Add(name, suspended);
        _tokens[name] = token;
        return EndOf(await suspended.Task, name, runs);
    }

    private static object? EndOf(RunEnd end, string name, int runs) => end == RunEnd.Value ? ReferenceStore.ValueOf(name, runs) : throw ErrorOf(end, name, runs);

    private static Exception ErrorOf(RunEnd end, string name, int runs)
    {
        string text = ReferenceStore.ErrorOf(name, runs);
        return end == RunEnd.Unrecoverable ? new UnrecoverableJobException(text) : new InvalidOperationException(text);
    }

    private IEnumerable<string> Children(Job parent)
    {
        foreach (JobChild child in parent.Children)
        {
            string name = _names[child.Job.Id];
            yield return child.Kind switch
            {
                JobChildKind.Completed => $"{name}={child.GetValue<object?>() ?? "null"}",
                JobChildKind.Ignored => $"{name}!{Origin(child.Reason)}",
                JobChildKind.Removed => $"{name}-",
                _ => $"{name}?",
            };
        }
    }


    [GeneratedRegex(@"^child ('\S+' )?\((?<id>\d+)\) (failed|was canceled)")]
    private static partial Regex ChildReason();
}
