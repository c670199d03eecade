using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Flows of 1 + 10 on one thread: a batch is added, then pumped until nothing is ready, and again.
/// <code>
///     P1 -> queue -> Pump: child, count down, last one: parent      (one thread, in batches)
/// </code>
/// Order: a promoted parent goes before the children that still wait, so each must find exactly its ten run since the
/// last one.
/// </summary>
internal sealed class PumpedFlows : Workload
{
    private readonly JobStore _store = new();
    private readonly FlowProducer _producer;
    private readonly Worker _worker;
    private readonly FlowJob[]? _flows;
    private readonly bool _withResults;
    private int _childrenRun;
    private int _parentsRun;
    private int _outOfOrder;
    private int _pumped;

    public PumpedFlows(bool buildInside = false, bool withResults = false)
    {
        _producer = new FlowProducer(_store);
        _worker = new Worker(_store, FlowShape.Queue, Handle, new WorkerOptions { Mode = WorkerMode.Pumped });
        _flows = buildInside ? null : FlowShape.BuildBatch();
        _withResults = withResults;
    }

    public override int Jobs => FlowShape.JobsPerPass;

    public override void Prepare() => _childrenRun = _parentsRun = _outOfOrder = _pumped = 0;

    public override void Run()
    {
        for (int flows = 0; flows < FlowShape.FlowsPerPass; flows += FlowShape.Batch)
        {
            for (int i = 0; i < FlowShape.Batch; i++)
            {
                FlowJob flow = _flows is null ? FlowShape.Build() : _flows[i];
                if (_withResults)
                {
                    _producer.Add(flow);
                }
                else
                {
                    _producer.Start(flow);
                }
            }

            _pumped += _store.Pump().JobsRun;
        }
    }

    public override void Check()
    {
        Expect("children run", FlowShape.FlowsPerPass * FlowShape.Children, _childrenRun);
        Expect("parents run", FlowShape.FlowsPerPass, _parentsRun);
        Expect("parents out of order", 0, _outOfOrder);
        Expect("jobs pumped", Jobs, _pumped);
    }

    public override void Dispose()
    {
        _worker.Dispose();
        _store.Dispose();
        base.Dispose();
    }

    private object? Handle(Job job)
    {
        if (job.Name != FlowShape.ParentName)
        {
            _childrenRun++;
        }
        else
        {
            _parentsRun++;
            _outOfOrder += _childrenRun == _parentsRun * FlowShape.Children ? 0 : 1;
        }

        return null;
    }
}
