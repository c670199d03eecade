using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Support;

/// <summary>
/// A store whose workers run on threads of their own, under a clock that only the test advances. Disposing it closes the
/// workers and checks the store's integrity.
/// </summary>
internal sealed class LiveStore : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];

    public LiveStore(RetentionOptions? retention = null, FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Store = new JobStore(new JobStoreOptions { TimeProvider = Time, RandomSeed = 1, Retention = retention ?? new RetentionOptions() });
        Flows = new FlowProducer(Store);
    }

    public FakeTimeProvider Time { get; }

    public JobStore Store { get; }

    public FlowProducer Flows { get; }

    public JobQueue Queue(string name) => Store.GetQueue(name);

    public Worker Work(string queue, Func<Job, CancellationToken, ValueTask<object?>> handler, int concurrency = 1, WorkerMode mode = WorkerMode.ThreadPool)
    {
        Worker worker = new(Store, queue, handler, new WorkerOptions { Mode = mode, Concurrency = concurrency });
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Worker worker in Store.Engine.Workers)
        {
            await worker.CloseAsync(Timeout.InfiniteTimeSpan).Within();
        }

        foreach (Worker worker in _workers)
        {
            await worker.Core.QuietAsync(exceptOwnWaits: false).Within(); // A closed one does not wait for handlers that lost their jobs.
        }

        IntegrityChecker.Check(Store);
        Store.Dispose();
    }
}
