using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Flows of 1 + 10 from one producer to two worker loops, with the default mode and wait strategy. The producer never
/// waits, so a backlog builds up; then it blocks until the store says that it is idle, which costs the loops nothing
/// and is after the recorded end of the last job.
/// <code>
///     P1 -> queue -> W1, W2: child, count down, last one: parent
/// </code>
/// Two workers of one loop each, so that each handler counts by itself. On two cores these are three threads: the
/// producer takes its share of the cores while it adds.
/// </summary>
internal sealed class LoopedFlows : Workload
{
    private readonly JobStore _store = new();
    private readonly FlowProducer _producer;
    private readonly LoopTally[] _tallies = [new(), new()];
    private readonly Worker[] _workers;
    private readonly FlowJob[]? _flows;

    public LoopedFlows(bool buildInside = false)
    {
        _producer = new FlowProducer(_store);
        _workers = [.. _tallies.Select(tally => new Worker(_store, FlowShape.Queue, tally.Handle))];
        _flows = buildInside ? null : FlowShape.BuildBatch();
    }

    public override int Jobs => FlowShape.JobsPerPass * FlowShape.Passes;

    public override bool OneThread => false;

    public override void Prepare()
    {
        foreach (LoopTally tally in _tallies)
        {
            tally.Clear();
        }
    }

    public override void Run()
    {
        for (int pass = 0; pass < FlowShape.Passes; pass++)
        {
            for (int i = 0; i < FlowShape.FlowsPerPass; i++)
            {
                _producer.Start(_flows is null ? FlowShape.Build() : _flows[i % FlowShape.Batch]);
            }

            IdleStore.Await(_store);
        }
    }

    public override void Check()
    {
        Expect("children run", FlowShape.FlowsPerPass * FlowShape.Passes * FlowShape.Children, _tallies.Sum(tally => tally.ChildrenRun));
        Expect("parents run", FlowShape.FlowsPerPass * FlowShape.Passes, _tallies.Sum(tally => tally.ParentsRun));
        Expect("children not completed when their parent ran", 0, _tallies.Sum(tally => tally.ChildrenNotCompleted));
    }

    public override void Dispose()
    {
        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }

        _store.Dispose();
        base.Dispose();
    }
}
