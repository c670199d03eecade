using Conveyor.Fast.Throughput.Baselines;
using Conveyor.Fast.Throughput.Measuring;
using Conveyor.Fast.Throughput.Scenarios;

namespace Conveyor.Fast.Throughput;

/// <summary>The rows of the table, in its order: names, baselines and targets.</summary>
internal static class Catalogue
{
    // Jobs added before a pumped store is pumped: a tick's worth, and the same for the channel it is compared with.
    private const int Batch = 1_000;

    // Small against 1,000 waiting jobs, so that this is what waits.
    private const int BatchBeforeWaiting = 100;

    private const string TwoLoops = "flow of 1 + 10, one producer, 2 worker loops";
    private const string AgainstFlow = "per job against the 1 + 10 flow";

    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new("flow of 1 + 10, pumped, one thread", Target.Times(2.5), () => new PumpedFlows())
        {
            BaselineName = "bare loop: preallocated nodes, stock channel, Interlocked.Decrement",
            Baseline = () => new BareLoop(),
            BuiltInside = () => new PumpedFlows(buildInside: true),
        },
        new(TwoLoops, Target.Times(0.9), () => new LoopedFlows())
        {
            BaselineName = "TPL Dataflow: children block, counter, parent block",
            Baseline = () => new DataflowBlocks(),
            BuiltInside = () => new LoopedFlows(buildInside: true),
        },
        new(TwoLoops, Target.Times(1.75), () => new LoopedFlows())
        {
            BaselineName = "hand-written nodes through a stock channel, 2 consumers",
            Baseline = () => new ChannelNodes(),
            BuiltInside = () => new LoopedFlows(buildInside: true),
        },
        new("single job, pumped: add, run, complete", Target.Times(2.0), () => new PumpedJobs(Batch))
        {
            BaselineName = "stock channel write + read on one thread",
            Baseline = () => new ChannelHop(Batch),
        },
        new("single job, one producer, one worker loop, backlog", Target.Times(1.75), () => new LoopedJobs())
        {
            BaselineName = "stock channel, one producer, one consumer",
            Baseline = () => new ChannelPair(),
        },
        new("single job with 1,000,000 waiting", Target.Times(2.0), () => new PumpedJobs(BatchBeforeWaiting, waiting: 1_000_000))
        {
            BaselineName = "the same with 1,000 waiting",
            Baseline = () => new PumpedJobs(BatchBeforeWaiting, waiting: 1_000),
        },
        new("single job, each with a priority of its own, 100,000 waiting", Target.Times(4.0), () => new PriorityJobs(different: true))
        {
            BaselineName = "the same with one priority",
            Baseline = () => new PriorityJobs(different: false),
        },
        new("one flow of 1,000,000 children: add, run all, parent runs", Target.Times(2.0), () => BigFlow.Wide())
        {
            BaselineName = AgainstFlow,
            Baseline = () => new PumpedFlows(),
            BuiltInside = () => BigFlow.Wide(buildInside: true),
        },
        new("a chain of 100,000 levels: add and run", Target.Times(3.0), () => BigFlow.Deep())
        {
            BaselineName = AgainstFlow,
            Baseline = () => new PumpedFlows(),
            BuiltInside = () => BigFlow.Deep(buildInside: true),
        },
        new("a job with a time limit, pumped: add, run, complete", Target.Times(1.3), () => new PumpedJobs(Batch, options: new JobOptions { Timeout = TimeSpan.FromSeconds(30) }))
        {
            BaselineName = "the same without",
            Baseline = () => new PumpedJobs(Batch, options: new JobOptions()),
        },
        new("a job that fails three times and is retried", Target.Times(1.3), () => new RetriedJobs(isRetried: true))
        {
            BaselineName = "four jobs, three of which fail",
            Baseline = () => new RetriedJobs(isRetried: false),
        },
        new("adding and cancelling one of 1,000,000 delayed jobs", Target.Times(3.0), () => new DelayedAdds(isDelayed: true))
        {
            BaselineName = "adding a plain one beside them",
            Baseline = () => new DelayedAdds(isDelayed: false),
        },
        new("1,000,000 delayed jobs fall due over ten virtual seconds and run", Target.Times(2.0), () => new FallingDue(isDelayed: true))
        {
            BaselineName = "as many waiting ones run",
            Baseline = () => new FallingDue(isDelayed: false),
        },
        new("lateness of due jobs beside 100,000 delayed, p50", new(Unit.Nanoseconds, 2_000_000, "at most 2 ms, as p99"), () => new Lateness(part: 0.5)),
        new("lateness of due jobs beside 100,000 delayed, p99", new(Unit.Nanoseconds, 2_000_000, "at most 2 ms"), () => new Lateness(part: 0.99)),
        new("processor time of an idle store with 1,000,000 delayed jobs, ten seconds", new(Unit.Nanoseconds, 10_000_000, "below 10 ms"), () => new IdleDelays()),
        new("promotion: last child ends to parent starts, pumped", new(Unit.Nanoseconds, 200, "at most 200 ns"), () => new Promotion()),
        new("drift of a schedule's 10,000 occurrences, virtual time", new(Unit.Nanoseconds, 0, "0 ns"), () => new VirtualSchedule()),
        new("allocation per job: queue.Add and a synchronous handler", new(Unit.Bytes, 0, "0 B"), () => new PumpedJobs(Batch)),
        new(
            "engine-owned allocation per job of a flow, FlowProducer.Start",
            new(Unit.Bytes, 0, "0 B beyond what the caller builds"),
            () => new PumpedFlows()),
        new(
            "engine-owned allocation per job of a flow, FlowProducer.Add",
            new(Unit.Bytes, 24, "at most 24 B per job, all of it the returned FlowResult"),
            () => new PumpedFlows(withResults: true)),
        new("memory per waiting job", new(Unit.Bytes, 160, "at most 160 B"), () => new WaitingMemory())
        {
            NeedsFreshProcess = true,
        },
    ];
}
