using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// One very wide or very deep flow on one thread: added, then pumped to its end.
/// <code>
///     P1 -> queue -> Pump: 1,000,000 children, then their parent
///     P1 -> queue -> Pump: the leaf, then 99,999 parents up to the root
/// </code>
/// Order: the root runs last; in the chain every 64th level looks whether the one below has completed.
/// </summary>
internal sealed class BigFlow : Workload
{
    private const int Width = 1_000_000;
    private const int Levels = 100_000;
    private const int LookEvery = 64;
    private const string Queue = "big";
    private const string RootName = "root";

    private readonly JobStore _store = new();
    private readonly FlowProducer _producer;
    private readonly Worker _worker;
    private readonly Func<FlowJob> _build;
    private readonly FlowJob? _flow;
    private readonly bool _deep;
    private int _ran;
    private int _rootRanAs;
    private int _outOfOrder;

    private BigFlow(int jobs, Func<FlowJob> build, bool deep, bool buildInside)
    {
        Jobs = jobs;
        _build = build;
        _deep = deep;
        _producer = new FlowProducer(_store);
        _worker = new Worker(_store, Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
        _flow = buildInside ? null : build();
    }

    public override int Jobs { get; }

    public static BigFlow Wide(bool buildInside = false) => new(Width + 1, BuildWide, deep: false, buildInside);

    public static BigFlow Deep(bool buildInside = false) => new(Levels, BuildDeep, deep: true, buildInside);

    public override void Prepare() => _ran = _rootRanAs = _outOfOrder = 0;

    public override void Run()
    {
        _producer.Start(_flow ?? _build());
        _store.Pump();
    }

    public override void Check()
    {
        Expect("jobs run", Jobs, _ran);
        Expect("place of the root", Jobs, _rootRanAs);
        Expect("levels out of order", 0, _outOfOrder);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private static FlowJob BuildWide()
    {
        var children = new FlowJob[Width];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = new FlowJob(FlowShape.ChildName, Queue);
        }

        return new FlowJob(RootName, Queue) { Children = children };
    }

    private static FlowJob BuildDeep()
    {
        var level = new FlowJob(FlowShape.ChildName, Queue);
        for (int i = 2; i < Levels; i++)
        {
            level = new FlowJob(FlowShape.ParentName, Queue) { Children = [level] };
        }

        return new FlowJob(RootName, Queue) { Children = [level] };
    }

    private object? Handle(Job job)
    {
        _ran++;
        if (job.Name == RootName)
        {
            _rootRanAs = _ran;
        }
        else if (_deep && _ran % LookEvery == 0)
        {
            foreach (JobChild below in job.Children)
            {
                _outOfOrder += below.State == JobState.Completed ? 0 : 1;
            }
        }

        return null;
    }
}
