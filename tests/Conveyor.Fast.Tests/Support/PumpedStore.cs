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

    public PumpResult Pump() => Store.Pump();

    public JobQueue Queue(string name) => Store.GetQueue(name);

    public void Dispose()
    {
        IntegrityChecker.Check(Store);
        Store.Dispose();
    }
}
