namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Makes a story out of a seed, which chooses everything.</summary>
internal sealed partial class StoryTeller
{
    public static readonly string[] CustomIds = ["x", "y", "z"];
    private const int MaxDepth = 4;
    private readonly Random _random;
    private readonly List<string> _names = [];
    private readonly List<string> _suspending = [];
    private readonly bool _hasBoundsOfTheirOwn;
    private readonly Queue<string> _closed = [];
    private readonly List<string> _later = [];
    private readonly bool _hasKeys;
    private readonly bool _reacts;
    private int _workers;
    private int _made;

    private StoryTeller(int seed)
    {
        _random = new Random(seed);
        _hasBoundsOfTheirOwn = Chance(3);
        _hasKeys = Chance(2);
        _hasDelays = Chance(2);
        _hasLimits = Chance(2);
        _hasSchedules = Chance(3);
        _reacts = Chance(2);
        _zone = _hasSchedules && Chance(2) ? Choose(s_zones) : null;
        _hasRuns = Chance(5);
    }

    public static Story Tell(int seed, int operations = 60)
    {
        StoryTeller teller = new(seed);
        StorePlan store = teller.MakeStore();
        List<Operation> steps = [];
        if (teller._reacts || teller.Chance(2))
        {
            steps.Add(new Operation.Listen(true));
        }

        while (steps.Count < operations)
        {
            steps.Add(teller.MakeStep());
        }

        return new Story(store, steps);
    }

    private StorePlan MakeStore()
    {
        List<WorkerPlan> workers = [.. ReferenceStore.Queues.Select(queue => MakeWorker(queue, Chance(2) ? 1 : _random.Next(2, 4)))];
        if (Chance(4))
        {
            workers.Add(MakeWorker(Queue(), 1));
        }

        _workers = workers.Count;
        return new StorePlan([.. workers])
        {
            Begin = _zone?.Begin ?? new StorePlan().Begin,
            KeepCompleted = !_hasRuns && Chance(2) ? null : _random.Next(0, 5),
            KeepFailed = !_hasRuns && Chance(2) ? null : _random.Next(0, 5),
            KeepMinutes = _hasDelays && Chance(4) ? _random.Next(1, 10) : null,
            Capacity = Chance(2) ? null : _random.Next(1, 8),
            Lifo = Chance(4),
            Defaults = Chance(4) ? new QueueDefaults { Priority = Chance(2) ? Priority() : null, KeepCompleted = _random.Next(0, 4), KeepFailed = Chance(2) ? _random.Next(0, 4) : null, Delay = Chance(4) ? _random.Next(0, 4) : null } : null,
        };
    }

    private WorkerPlan MakeWorker(string queue, int concurrency) => new(queue, concurrency) { AbandonAfter = _hasLimits && Chance(2) ? _random.Next(0, 4) : null };

    private Operation MakeStep()
    {
        if (_closed.Count > 0 && Chance(3))
        {
            _workers++;
            return new Operation.AddWorker(MakeWorker(_closed.Dequeue(), _random.Next(1, 3)));
        }

        if (_suspending.Count > 0 && Chance(6))
        {
            return new Operation.Finish(_suspending[_random.Next(_suspending.Count)], Choose(RunEnd.Value, RunEnd.Value, RunEnd.Throw, RunEnd.Unrecoverable), Chance(2));
        }

        if (_hasRuns && Chance(2))
        {
            return MakeForValue();
        }

        if (Chance(8))
        {
            return MakeTiming();
        }

        switch (_random.Next(36))
        {
            case < 4:
                return MakeAdd(inside: false);
            case < 8:
                return MakeAddFlow(inside: false);
            case < 14:
                return new Operation.Pump(_random.Next(1, 4));
            case < 16:
                return new Operation.Pump();
            case < 19:
                return MakeByHand();
            case 19:
                return new Operation.ChangePriority(Name(), Priority(), Chance(3));
            case < 22:
                return new Operation.Retry(Name(), Chance(2));
            case < 24:
                return new Operation.Wait(Name(), Choose<int?>(null, null, 0, 10));
            case 24:
                return MakePause();
            case < 27:
                return Chance(2) ? new Operation.Resume(_random.Next(_workers)) : new Operation.ResumeQueue(Queue());
            case 27:
                return new Operation.SetConcurrency(_random.Next(_workers), _random.Next(1, 4));
            case < 30:
                return new Operation.Advance(_random.Next(1, 8));
            case 30:
                return new Operation.Listen(!Chance(3));
            case 31:
                return Chance(2) ? MakeClose(_random.Next(ReferenceStore.Queues.Length)) : new Operation.Close(_random.Next(_workers));
            case 32:
                return _later.Count > 0 && Chance(2) ? new Operation.GiveUp(_later[^1]) : new Operation.RetryAll(Queue());
            case 33:
                return new Operation.Disturb(Chance(2));
            default:
                return _reacts ? new Operation.Pump() : MakeOnQueue();
        }
    }

    private Operation MakeOnQueue() => _random.Next(8) switch
    {
        < 2 => new Operation.Drain(Queue(), Chance(3)),
        < 5 => new Operation.Clean(Queue(), Choose(JobState.Completed, JobState.Failed, JobState.Canceled, JobState.Waiting, JobState.Delayed, JobState.WaitingChildren), _random.Next(4), Chance(3) ? _random.Next(3) : int.MaxValue),
        < 7 => new Operation.RetryJobs(Queue(), Choose(JobState.Failed, JobState.Canceled, JobState.Completed)),
        _ => new Operation.Obliterate(Queue(), Chance(2)),
    };

    /// <summary>The first worker of a queue; another one takes its place later.</summary>
    private Operation.Close MakeClose(int worker)
    {
        _closed.Enqueue(ReferenceStore.Queues[worker]);
        return new Operation.Close(worker);
    }

    private Operation MakePause() => Chance(2) ? new Operation.Pause(_random.Next(_workers)) : new Operation.PauseQueue(Queue());

    private Operation MakeByHand() => Chance(2)
        ? new Operation.Cancel(Name(), Chance(3) ? null : "enough", !Chance(4))
        : new Operation.Remove(Name(), Chance(4));

    private Operation.Add MakeAdd(bool inside)
    {
        AddWay way = Way(inside);
        string queue = Queue();
        int count = Chance(4) ? _random.Next(2, 5) : 1;
        JobPlan[] jobs = [.. Enumerable.Range(0, count).Select(_ => MakeJob(queue, inside))];
        if (count != 1)
        {
            // In whose queue a bulk's job leaves its place that is removed before it comes there is open.
            return new Operation.Add(AddWay.Throw, [.. jobs.Select(static job => job with { Reactions = [] })]);
        }

        return new Operation.Add(way, way == AddWay.Async && !inside ? Later(jobs[0]) : jobs[0]);
    }

    private Operation.AddFlow MakeAddFlow(bool inside)
    {
        AddWay way = Way(inside);
        int roots = Chance(6) ? _random.Next(2, 4) : 1;
        JobPlan[] trees = [.. Enumerable.Range(0, roots).Select(_ => MakeTree(0, inside))];
        return roots != 1 ? new Operation.AddFlow(AddWay.Throw, trees) : new Operation.AddFlow(way, way == AddWay.Async && !inside ? Later(trees[0]) : trees[0]);
    }

    /// <summary>Who waits for room adds on a thread of its own, beside a subscriber that acts.</summary>
    private AddWay Way(bool inside) => _reacts ? Choose(AddWay.Throw, AddWay.Try) : inside ? Choose(AddWay.Throw, AddWay.Async) : Choose(AddWay.Throw, AddWay.Try, AddWay.Async);

    /// <summary>Who waits for room adds on a thread of its own: a priority of its own, and no id, keep that from being seen.</summary>
    private JobPlan Later(JobPlan plan)
    {
        _later.Add(plan.Name);
        return Later(plan, 1000 + _later.Count);
    }

    private static JobPlan Later(JobPlan plan, int priority) =>
        plan with { Priority = priority, CustomId = null, Key = null, Children = [.. plan.Children.Select(child => Later(child, priority))] };

    private JobPlan MakeTree(int depth, bool inside)
    {
        JobPlan job = MakeJob(Queue(), inside);
        int children = depth == MaxDepth ? 0 : depth == 0 ? _random.Next(1, 4) : Math.Max(0, _random.Next(-2, 4));
        JobPlan[] below = [.. Enumerable.Range(0, inside && depth > 0 ? 0 : children).Select(_ => MakeTree(depth + 1, inside))];

        // Whether a child's removal is told before or after what its end has done to its parent is open.
        return (depth == 0 ? job : WithoutReactionToRemoval(job)) with { Children = below, Key = below.Length == 0 ? job.Key : null };
    }

    private JobPlan MakeJob(string queue, bool inside)
    {
        string name = $"j{++_made}";
        string? id = queue != "b" && Chance(8) ? Choose(CustomIds) : null;
        JobPlan job = new(name, queue)
        {
            Priority = Chance(2) ? null : Priority(),
            Lifo = Chance(6),
            Attempts = Chance(2) ? 1 : _random.Next(2, 4),
            Backoff = Chance(2) ? null : _random.Next(0, 6),
            Custom = Chance(4) ? Choose(CustomBackoff.Minutes, CustomBackoff.Minutes, CustomBackoff.GivesUp, CustomBackoff.Negative, CustomBackoff.Throws, CustomBackoff.Cancels, CustomBackoff.Dawdles, CustomBackoff.Later) : CustomBackoff.None,
            CustomId = id,
            Key = queue != "b" && id is null && _hasKeys && Chance(3) ? Choose("k", "l") : null,
            Policy = Choose(ChildFailurePolicy.Fail, ChildFailurePolicy.Ignore, ChildFailurePolicy.Remove),
            KeepCompleted = _hasBoundsOfTheirOwn && Chance(3) ? _random.Next(0, 4) : null,
            KeepFailed = _hasBoundsOfTheirOwn && Chance(3) ? _random.Next(0, 4) : null,
            KeepMinutes = _hasBoundsOfTheirOwn && _hasDelays && Chance(3) ? _random.Next(1, 6) : null,
            Delay = _hasDelays && Chance(3) ? _random.Next(0, 6) : null,
            DelaysByCall = Chance(2),
            TimeLimit = _hasLimits && Chance(2) ? _random.Next(1, 6) : null,
            MaxStalls = Chance(4) ? _random.Next(0, 3) : null,
            Reactions = inside || !_reacts || !Chance(3) ? [] : [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => MakeReaction(name))],
            Runs = inside ? [RunPlan.Plain] : [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => MakeRun(name, queue))],
        };
        _names.Add(name);

        // Whether one that several parents have read goes before or after their ends are told is open.
        return job.Key is null ? job : WithoutReactionToRemoval(job);
    }

    private static JobPlan WithoutReactionToRemoval(JobPlan job) =>
        job with { Reactions = [.. job.Reactions.Where(static reaction => reaction.To != JobEventType.Removed)] };

    private RunPlan MakeRun(string self, string queue)
    {
        Operation[] steps = Chance(3) ? [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => MakeInside(self, queue))] : [];
        RunEnd end = Choose(RunEnd.Value, RunEnd.Value, RunEnd.Value, RunEnd.Throw, RunEnd.FaultedTask, RunEnd.Unrecoverable, RunEnd.Suspend);
        if (end == RunEnd.Suspend)
        {
            _suspending.Add(self);
        }

        return new RunPlan(end, steps) { HasThrowingCallback = Chance(8) && !_reacts }; // A subscriber may fire the token before the handler has it.
    }

    private Operation MakeInside(string self, string queue) => Chance(8) ? MakeTimingInside() : Chance(6) ? MakeWish() : _random.Next(22) switch
    {
        < 4 => MakeAddInside(),
        < 6 => MakeAddFlow(inside: true),
        < 8 => _tokens.Count > 0 && Chance(3) ? MakeFireToken() : new Operation.Cancel(self, "from inside", Chance(2)),
        < 10 => new Operation.Remove(self, Chance(2)),
        < 12 => new Operation.Retry(Name(), Chance(2)),
        < 14 => MakePause(),
        14 => new Operation.SetConcurrency(_random.Next(_workers), _random.Next(1, 4)),
        15 => Chance(2) ? MakeClose(Array.IndexOf(ReferenceStore.Queues, queue)) : new Operation.ChangePriority(Name(), Priority(), Chance(2)),
        _ => MakeByHand(),
    };

    /// <summary>Mostly young jobs; sometimes one that has long been gone.</summary>
    private string Name()
    {
        if (_names.Count == 0)
        {
            return "j1";
        }

        int recent = Chance(4) ? _names.Count : Math.Min(_names.Count, 12);
        string name = _names[_names.Count - 1 - _random.Next(recent)];
        return Chance(16) ? $"{name}~1" : name;
    }

    private int Priority() => Choose(0, 1, 2, 7, 8, 100, -1, int.MinValue, int.MaxValue);

    private string Queue() => Choose(ReferenceStore.Queues);

    private bool Chance(int of) => _random.Next(of) == 0;

    private T Choose<T>(params T[] options) => options[_random.Next(options.Length)];
}
