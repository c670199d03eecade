using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace Conveyor.Fast.Benchmarks;

/// <summary>
/// End to end: flows of 1 + 10 on one thread, a batch added and pumped to its end. Figures are per job.
/// <code>
///     |P1 -> queue -> Pump: child, count down, last one: parent|
/// </code>
/// Not measured: building the descriptors. The baseline counts the same flows down over nodes made beforehand and a
/// stock channel; it has no states, ids, results, options, times or counts.
/// </summary>
[MemoryDiagnoser]
public class EndToEndBenchmarks
{
    private const int Flows = 100;
    private const int JobsPerFlow = 1 + BenchmarkFlow.Children;

    private readonly Channel<BenchmarkNode> _channel = Channel.CreateUnbounded<BenchmarkNode>();
    private readonly BenchmarkNode[] _parents = new BenchmarkNode[Flows];
    private readonly BenchmarkNode[] _children = new BenchmarkNode[Flows * BenchmarkFlow.Children];
    private readonly FlowJob _flow = BenchmarkFlow.Build();
    private JobStore _store = null!;
    private FlowProducer _producer = null!;
    private Worker _worker = null!;

    /// <summary>Makes the store and the baseline's nodes.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _store = new JobStore();
        _producer = new FlowProducer(_store);
        _worker = new Worker(_store, BenchmarkFlow.Queue, static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        for (int i = 0; i < _children.Length; i++)
        {
            BenchmarkNode parent = _parents[i / BenchmarkFlow.Children] ??= new BenchmarkNode();
            _children[i] = new BenchmarkNode { Parent = parent };
        }
    }

    /// <summary>Ends the store.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _worker.Dispose();
        _store.Dispose();
    }

    /// <summary>Nodes, a stock channel and a count-down.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Flows * JobsPerFlow)]
    public int BareLoop()
    {
        foreach (BenchmarkNode parent in _parents)
        {
            parent.Pending = BenchmarkFlow.Children;
        }

        foreach (BenchmarkNode child in _children)
        {
            _channel.Writer.TryWrite(child);
        }

        int parentsRun = 0;
        while (_channel.Reader.TryRead(out BenchmarkNode? child))
        {
            if (Interlocked.Decrement(ref child.Parent!.Pending) == 0)
            {
                parentsRun++;
            }
        }

        return parentsRun;
    }

    /// <summary>The engine, pumped.</summary>
    [Benchmark(OperationsPerInvoke = Flows * JobsPerFlow)]
    public int PumpedFlows()
    {
        for (int i = 0; i < Flows; i++)
        {
            _producer.Start(_flow);
        }

        return _store.Pump().JobsRun;
    }
}
