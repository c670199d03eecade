using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace Conveyor.Fast.Benchmarks;

/// <summary>
/// Commit: a flow of 1 + 10 comes into being, from the call to its leaves waiting on their queue. Figures are per job.
/// <code>
///     |P1 -> flow directory, queue|
/// </code>
/// Not measured: building the descriptors, and running the jobs, which empties the queue between iterations. So an
/// iteration is one invocation of many flows, and the store is at its steady size after the warm-up. The baseline
/// allocates the least nodes a flow needs and writes the children to a stock channel.
/// </summary>
[MemoryDiagnoser]
public class CommitBenchmarks
{
    private const int Flows = 50_000;
    private const int JobsPerFlow = 1 + BenchmarkFlow.Children;

    private readonly Channel<BenchmarkNode> _channel = Channel.CreateUnbounded<BenchmarkNode>();
    private readonly FlowJob _flow = BenchmarkFlow.Build();
    private JobStore _store = null!;
    private FlowProducer _producer = null!;
    private Worker _worker = null!;

    /// <summary>Makes the store.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _store = new JobStore();
        _producer = new FlowProducer(_store);
        _worker = new Worker(_store, BenchmarkFlow.Queue, static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
    }

    /// <summary>Ends the store.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _worker.Dispose();
        _store.Dispose();
    }

    /// <summary>Takes out what an iteration has put in.</summary>
    [IterationCleanup]
    public void Empty()
    {
        _store.Pump();
        while (_channel.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Nodes are allocated and written to a stock channel.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Flows * JobsPerFlow)]
    public void HandWritten()
    {
        for (int i = 0; i < Flows; i++)
        {
            var parent = new BenchmarkNode { Pending = BenchmarkFlow.Children };
            for (int k = 0; k < BenchmarkFlow.Children; k++)
            {
                _channel.Writer.TryWrite(new BenchmarkNode { Parent = parent });
            }
        }
    }

    /// <summary>The root's handle is the answer.</summary>
    [Benchmark(OperationsPerInvoke = Flows * JobsPerFlow)]
    public void Start()
    {
        for (int i = 0; i < Flows; i++)
        {
            _producer.Start(_flow);
        }
    }

    /// <summary>Result objects for the whole tree are the answer.</summary>
    [Benchmark(OperationsPerInvoke = Flows * JobsPerFlow)]
    public void Add()
    {
        for (int i = 0; i < Flows; i++)
        {
            _producer.Add(_flow);
        }
    }
}
