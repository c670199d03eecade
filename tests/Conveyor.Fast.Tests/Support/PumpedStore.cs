using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A deterministic store: a fake clock, a seed and pumped workers. Disposing it checks its integrity first.</summary>
internal sealed class PumpedStore : IDisposable
{
    public PumpedStore(RetentionOptions? retention = null, JobOptions? defaults = null)
    {
        Store = new JobStore(new JobStoreOptions
        {
            TimeProvider = Time,
            RandomSeed = 1,
            Retention = retention ?? new RetentionOptions(),
            DefaultJobOptions = defaults,
        });
        Flows = new FlowProducer(Store);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public JobStore Store { get; }

    public FlowProducer Flows { get; }

    /// <summary>Names of the jobs that handlers made by <see cref="Work"/> have run, in order.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>A pumped worker that notes each job's name and returns what the handler gives.</summary>
    public Worker Work(string queue, Func<Job, object?>? handler = null, int concurrency = 1) => new(
        Store,
        queue,
        (Func<Job, object?>)(job =>
        {
            Ran.Add(job.Name);
            return handler?.Invoke(job);
        }),
        new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = concurrency });

    /// <summary>A pumped worker whose runs the test holds.</summary>
    public Worker Work(string queue, HeldHandler handler, int concurrency = 1, TimeSpan? abandonAfter = null) => new(
        Store,
        queue,
        handler.RunAsync,
        new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = concurrency, AbandonAfter = abandonAfter ?? TimeSpan.FromSeconds(30) });

    public PumpResult Pump() => Store.Pump();

    /// <summary>Lets time pass and does what has fallen due.</summary>
    public PumpResult PumpAfter(TimeSpan time)
    {
        Time.Advance(time);
        return Pump();
    }

    /// <summary>Closes a worker without waiting for its handlers, up to the moment when their jobs are given up.</summary>
    public async Task StallAsync(Worker worker)
    {
        Task closing = worker.CloseAsync(TimeSpan.Zero);
        Time.Advance(TimeSpan.FromSeconds(1));
        await closing.Within();
    }

    public JobQueue Queue(string name) => Store.GetQueue(name);

    public void Dispose()
    {
        IntegrityChecker.Check(Store);
        Store.Dispose();
    }
}
