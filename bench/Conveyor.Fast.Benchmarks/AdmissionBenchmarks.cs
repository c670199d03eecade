using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace Conveyor.Fast.Benchmarks;

/// <summary>
/// Admission: the producer's side of a single job, from the call to the job waiting on its queue.
/// <code>
///     |P1 -> queue|
/// </code>
/// Not measured: taking and running the jobs, which empties the queue between iterations. So an iteration is one
/// invocation of many adds, and the store is at its steady size after the warm-up.
/// </summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks
{
    private const int Jobs = 500_000;
    private const string Queue = "jobs";
    private const string Name = "job";

    private readonly Channel<long> _channel = Channel.CreateUnbounded<long>();
    private JobStore _store = null!;
    private JobQueue _queue = null!;
    private Worker _worker = null!;

    /// <summary>Makes the store.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _store = new JobStore();
        _queue = _store.GetQueue(Queue);
        _worker = new Worker(_store, Queue, static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
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

    /// <summary>A stock channel is written to.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Jobs)]
    public void ChannelWrite()
    {
        for (long i = 0; i < Jobs; i++)
        {
            _channel.Writer.TryWrite(i);
        }
    }

    /// <summary>Jobs without a payload.</summary>
    [Benchmark(OperationsPerInvoke = Jobs)]
    public void Add()
    {
        for (int i = 0; i < Jobs; i++)
        {
            _queue.Add(Name);
        }
    }

    /// <summary>Jobs with a struct as payload.</summary>
    [Benchmark(OperationsPerInvoke = Jobs)]
    public void AddWithData()
    {
        for (long i = 0; i < Jobs; i++)
        {
            _queue.Add(Name, i);
        }
    }
}
