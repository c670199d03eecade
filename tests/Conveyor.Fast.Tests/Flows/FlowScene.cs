using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>
/// A pumped store with a worker for queue "q" whose jobs do what their payload says: an exception is thrown, a function
/// is called with the job, anything else is the value. Jobs are found again by their names.
/// </summary>
internal sealed class FlowScene : IDisposable
{
    private readonly PumpedStore _test;
    private readonly Dictionary<string, JobHandle> _jobs = [];

    public FlowScene(bool listens = false, RetentionOptions? retention = null, bool works = true)
    {
        _test = new PumpedStore(retention);
        if (listens)
        {
            _test.Store.Events.Subscribe((Action<JobEvent>)Events.Add);
        }

        if (works)
        {
            Work();
        }
    }

    public JobStore Store => _test.Store;

    public JobQueue Queue => _test.Queue("q");

    /// <summary>Names of the jobs that have run, in order.</summary>
    public List<string> Ran => _test.Ran;

    /// <summary>What has been announced, if the scene listens.</summary>
    public List<JobEvent> Events { get; } = [];

    public JobHandle this[string name] => _jobs[name];

    public static FlowJob Leaf(string name, object? does = null, JobOptions? options = null) => new(name, "q", does) { Options = options };

    public static FlowJob Parent(string name, ChildFailurePolicy? policy, params FlowJob[] children) =>
        Parent(name, null, new JobOptions { FailParentOnChildFailure = policy }, children);

    public static FlowJob Parent(string name, object? does, JobOptions options, params FlowJob[] children) =>
        new(name, "q", does) { Options = options, Children = children };

    public static Func<Job, object?> Does(Func<Job, object?> handler) => handler;

    /// <summary>What a job does that is canceled while it runs.</summary>
    public static Func<Job, object?> IsCanceled(string reason) => job =>
    {
        Assert.True(job.Handle.Cancel(reason));
        return null;
    };

    public Worker Work() => _test.Work("q", static job => job.GetData<object?>() switch
    {
        Exception error => throw error,
        Func<Job, object?> handler => handler(job),
        var value => value,
    });

    public JobHandle Add(FlowJob flow)
    {
        FlowResult root = _test.Flows.Add(flow);
        Stack<FlowResult> open = new([root]);
        while (open.TryPop(out FlowResult? next))
        {
            _jobs[next.Name] = next.Job;
            foreach (FlowResult child in next.Children)
            {
                open.Push(child);
            }
        }

        return root.Job;
    }

    public PumpResult Pump() => _test.Pump();

    public PumpResult Pump(int jobs) => _test.Store.Pump(jobs);

    public void CheckIntegrity() => IntegrityChecker.Check(Store);

    public void Advance(TimeSpan time) => _test.Time.Advance(time);

    public JobState[] States(params string[] names) => [.. names.Select(name => this[name].State)];

    public JobEventType[] Heard(string name) => [.. Events.Where(heard => heard.Job == this[name]).Select(static heard => heard.Type)];

    public void Dispose()
    {
        Assert.DoesNotContain(Events, static heard => heard.Type == JobEventType.Error);
        _test.Dispose();
    }
}
