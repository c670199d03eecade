using System.Collections.Concurrent;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;

namespace Conveyor.Fast.Admission;

/// <summary>
/// The store's queues by name. A queue is made by its first job, worker or pause, or by options for it; asking makes none. What a
/// call needs of a queue before it can not be refused any more is a claim: the last one given up takes an unused queue away.
/// </summary>
internal sealed class QueueRegistry(Dispatcher dispatcher, JobAdmission jobs, EventHub hub, JobStoreOptions options)
{
    private const int MaxQueues = ushort.MaxValue + 1;
    private readonly ConcurrentDictionary<string, AdmissionQueue> _byName = new(StringComparer.Ordinal);
    private readonly Lock _growth = new();
    private readonly Stack<int> _freeNumbers = new();

    /// <summary>Finds a queue that is in use.</summary>
    public bool TryFind(string name, out AdmissionQueue queue) => _byName.TryGetValue(name, out queue!) && queue.Ledger.IsUsed;

    /// <summary>The queue, in use from here on.</summary>
    public AdmissionQueue Use(string name)
    {
        if (TryFind(name, out AdmissionQueue queue))
        {
            return queue;
        }

        Check.QueueName(name);
        lock (_growth)
        {
            queue = FindOrAddLocked(name);
            queue.Ledger.IsUsed = true;
            return queue;
        }
    }

    /// <summary>The queue for a call that may still be refused. One that is not in use comes with a claim, to be released.</summary>
    public AdmissionQueue Claim(string name, out bool isClaimed)
    {
        isClaimed = false;
        if (TryFind(name, out AdmissionQueue queue))
        {
            return queue;
        }

        Check.QueueName(name);
        lock (_growth)
        {
            queue = FindOrAddLocked(name);
            isClaimed = !queue.Ledger.IsUsed;
            queue.Claims += isClaimed ? 1 : 0;
            return queue;
        }
    }

    public void Release(AdmissionQueue claimed)
    {
        lock (_growth)
        {
            if (--claimed.Claims == 0 && !claimed.Ledger.IsUsed)
            {
                _byName.TryRemove(claimed.Ledger.Name, out _);
                _freeNumbers.Push(claimed.Ledger.Number);
            }
        }
    }

    /// <summary>Configures a queue that has not been used yet.</summary>
    public void Configure(string name, JobQueueOptions queueOptions)
    {
        lock (_growth)
        {
            if (_byName.ContainsKey(name))
            {
                throw new InvalidOperationException($"Queue '{name}' is in use or configured already; its options are given once, before its first job, worker or pause.");
            }

            AddLocked(name, queueOptions).Ledger.IsUsed = true;
        }
    }

    private AdmissionQueue FindOrAddLocked(string name) =>
        _byName.TryGetValue(name, out AdmissionQueue? existing) ? existing : AddLocked(name, JobQueueOptions.Default);

    private AdmissionQueue AddLocked(string name, JobQueueOptions own)
    {
        bool isReused = _freeNumbers.TryPop(out int number);
        number = isReused ? number : dispatcher.Queues.Count;
        if (number == MaxQueues)
        {
            throw new InvalidOperationException($"The store has {MaxQueues:N0} queues and can have no more.");
        }

        QueueLedger ledger = new(
            number,
            name,
            new RetentionTrack(options.Retention.Completed ?? Retention.KeepLast(1000), options.Retention.Completed is null),
            new RetentionTrack(options.Retention.Failed ?? Retention.KeepLast(5000), options.Retention.Failed is null),
            own.Capacity is { } capacity ? new QueueRoom(name, capacity) : null,
            hub);
        ReadyQueue ready = new(ledger, own);
        AdmissionQueue added = new(ready, new DefinitionCache(own.DefaultJobOptions ?? JobOptions.None, options.DefaultJobOptions ?? JobOptions.None, own.Lifo), jobs);
        if (isReused)
        {
            dispatcher.Table.ReplaceLedger(ledger);
            dispatcher.Queues.Replace(number, ready);
        }
        else
        {
            dispatcher.Table.AddLedger(ledger);
            dispatcher.Queues.Add(ready);
        }

        _byName[name] = added;
        return added;
    }
}
