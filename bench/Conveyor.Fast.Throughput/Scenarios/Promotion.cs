using System.Diagnostics;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// The way from a child to its parent, pumped: the last child's handler reads the clock as it ends, the parent's as it
/// starts. A run's figure is what lies between, less what lies between two readings with nothing between: both as means
/// without the extremes, since the clock's grain may be 10 ns and a median would fall on it.
/// <code>
///     P1 -> queue -> Pump: ten children, |last one ends ... parent starts|
/// </code>
/// It holds the child's recorded end, the settled edge, the promotion and the start of the parent's run.
/// </summary>
internal sealed class Promotion : Workload
{
    private readonly JobStore _store = new();
    private readonly FlowProducer _producer;
    private readonly Worker _worker;
    private readonly FlowJob[] _flows = FlowShape.BuildBatch();
    private readonly double[] _ways = new double[FlowShape.FlowsPerPass];
    private readonly double[] _readings = new double[FlowShape.FlowsPerPass];
    private int _childrenRun;
    private int _parentsRun;
    private int _outOfOrder;
    private long _lastChildEnded;

    public Promotion()
    {
        _producer = new FlowProducer(_store);
        _worker = new Worker(_store, FlowShape.Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    public override int Jobs => FlowShape.JobsPerPass;

    public override void Prepare() => _childrenRun = _parentsRun = _outOfOrder = 0;

    public override void Run()
    {
        for (int flows = 0; flows < FlowShape.FlowsPerPass; flows += FlowShape.Batch)
        {
            foreach (FlowJob flow in _flows)
            {
                _producer.Start(flow);
            }

            _store.Pump();
        }
    }

    public override void Check()
    {
        Expect("children run", FlowShape.FlowsPerPass * FlowShape.Children, _childrenRun);
        Expect("parents run", FlowShape.FlowsPerPass, _parentsRun);
        Expect("parents out of order", 0, _outOfOrder);
    }

    public override double NanosecondsPerJob(TimeSpan elapsed) =>
        (Statistics.TrimmedMean(_ways) - Statistics.TrimmedMean(_readings)) * 1e9 / Stopwatch.Frequency;

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        if (job.Name == FlowShape.ParentName)
        {
            long started = Stopwatch.GetTimestamp();
            _ways[_parentsRun] = started - _lastChildEnded;
            _readings[_parentsRun] = Stopwatch.GetTimestamp() - started;
            _parentsRun++;
            _outOfOrder += _childrenRun == _parentsRun * FlowShape.Children ? 0 : 1;
        }
        else if (++_childrenRun % FlowShape.Children == 0)
        {
            _lastChildEnded = Stopwatch.GetTimestamp();
        }

        return null;
    }
}
