using BenchmarkDotNet.Attributes;

namespace Conveyor.Fast.Benchmarks;

/// <summary>
/// What it costs to wait for a job's value. Figures are per job.
/// <code>
///     pumped:   |P1 -> add, with a wait -> queue -> Pump: run, end, tell -> read the value|
///     threaded: |P1 -> add, with a wait -> queue| -> |W1: run, end, tell| -> |pool: read the value, add the next|
/// </code>
/// Not measured: failures, time limits. The baseline adds and pumps the same jobs, and nobody waits.
/// </summary>
[MemoryDiagnoser]
public class WaitBenchmarks
{
    private const int Jobs = 1000;
    private readonly List<ValueTask<long>> _waits = new(Jobs);
    private readonly CancellationTokenSource _source = new();
    private JobStore _store = null!;
    private JobQueue _pumped = null!;
    private JobQueue _threaded = null!;

    /// <summary>Makes the store and its workers.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _store = new JobStore();
        _pumped = _store.GetQueue("pumped");
        _threaded = _store.GetQueue("threaded");
        _ = new Worker<int, long>(_store, "pumped", static (_, data) => data * 2L, new WorkerOptions { Mode = WorkerMode.Pumped });
        _ = new Worker<int, long>(_store, "threaded", static (_, data) => data * 2L);
    }

    /// <summary>Ends the store.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _store.Dispose();
        _source.Dispose();
    }

    /// <summary>Jobs that nobody waits for.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Jobs)]
    public int PumpedWithoutWaits()
    {
        for (int i = 0; i < Jobs; i++)
        {
            _pumped.Add("job", i);
        }

        return _store.Pump().JobsRun;
    }

    /// <summary>Each job's value is waited for.</summary>
    [Benchmark(OperationsPerInvoke = Jobs)]
    public long PumpedRuns() => Run(CancellationToken.None);

    /// <summary>The same with a token that could fire.</summary>
    [Benchmark(OperationsPerInvoke = Jobs)]
    public long PumpedRunsWithAToken() => Run(_source.Token);

    /// <summary>One job after the other, across threads.</summary>
    [Benchmark(OperationsPerInvoke = Jobs)]
    public async Task<long> ThreadedRuns()
    {
        long sum = 0;
        for (int i = 0; i < Jobs; i++)
        {
            sum += await _threaded.RunAsync<int, long>("job", i);
        }

        return sum;
    }

    private long Run(CancellationToken token)
    {
#pragma warning disable CA2012 // Each is read once, after its job has run.
        for (int i = 0; i < Jobs; i++)
        {
            _waits.Add(_pumped.RunAsync<int, long>("job", i, null, token));
        }

        _store.Pump();
        long sum = 0;
        foreach (ValueTask<long> wait in _waits)
        {
            sum += wait.GetAwaiter().GetResult();
        }

#pragma warning restore CA2012
        _waits.Clear();
        return sum;
    }
}
