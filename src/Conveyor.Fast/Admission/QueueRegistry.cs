using System.Collections.Concurrent;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;

namespace Conveyor.Fast.Admission;

/// <summary>The store's queues by name. A queue is made by its first job or worker, or by options for it; asking makes none.</summary>
internal sealed class QueueRegistry(Dispatcher dispatcher, JobAdmission jobs, EventHub hub, JobStoreOptions options)
{
    private const int MaxQueues = ushort.MaxValue + 1;
    private readonly ConcurrentDictionary<string, AdmissionQueue> _byName = new(StringComparer.Ordinal);
    private readonly Lock _growth = new();

    public bool TryFind(string name, out AdmissionQueue queue) => _byName.TryGetValue(name, out queue!);

    public AdmissionQueue Get(string name) => _byName.TryGetValue(name, out AdmissionQueue? queue) ? queue : Add(name, null);

    /// <summary>Configures a queue that has not been used yet.</summary>
    public AdmissionQueue Configure(string name, JobQueueOptions queueOptions)
    {
        lock (_growth)
        {
            return _byName.ContainsKey(name)
                ? throw new InvalidOperationException($"Queue '{name}' is in use or configured already; its options are given once, before its first job or worker.")
                : Add(name, queueOptions);
        }
    }

    private AdmissionQueue Add(string name, JobQueueOptions? queueOptions)
    {
        Check.QueueName(name);
        lock (_growth)
        {
            if (_byName.TryGetValue(name, out AdmissionQueue? existing))
            {
                return existing;
            }

            int number = dispatcher.Queues.Count;
            if (number == MaxQueues)
            {
                throw new InvalidOperationException($"The store has {MaxQueues:N0} queues and can have no more.");
            }

            JobQueueOptions own = queueOptions ?? JobQueueOptions.Default;
            QueueLedger ledger = new(
                number,
                name,
                new RetentionTrack(options.Retention.Completed ?? Retention.KeepLast(1000), options.Retention.Completed is null),
                new RetentionTrack(options.Retention.Failed ?? Retention.KeepLast(5000), options.Retention.Failed is null),
                own.Capacity is { } capacity ? new QueueRoom(name, capacity) : null,
                hub);
            ReadyQueue ready = new(ledger, own);
            AdmissionQueue added = new(ready, new DefinitionCache(own.DefaultJobOptions ?? JobOptions.None, options.DefaultJobOptions ?? JobOptions.None, own.Lifo), jobs);
            dispatcher.Table.AddLedger(ledger);
            dispatcher.Queues.Add(ready);
            _byName[name] = added;
            return added;
        }
    }
}
