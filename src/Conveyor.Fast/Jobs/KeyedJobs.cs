using System.Collections.Concurrent;

namespace Conveyor.Fast.Jobs;

/// <summary>The jobs that have a deduplication key: all of them by id, and by queue and key the one that holds the key. Costs only those who use keys.</summary>
internal sealed class KeyedJobs
{
    private readonly ConcurrentDictionary<long, KeyedJob> _byId = new();
    private readonly ConcurrentDictionary<(int Queue, string Key), KeyedJob> _holders = new();

    public int Count => _byId.Count;

    public IEnumerable<KeyedJob> Holders => _holders.Values;

    public KeyedJob? Find(long id) => _byId.GetValueOrDefault(id);

    public KeyedJob? FindHolder(int queue, string key) => _holders.GetValueOrDefault((queue, key));

    /// <summary>
    /// Gives the key to a job that will surely be published, or finds the live job that holds it. A holder that may still
    /// be refused is waited for: it gives its key up before its slot.
    /// </summary>
    public KeyedJob Reserve(KeyedJob job)
    {
        SpinWait spin = default;
        while (true)
        {
            KeyedJob holder = _holders.GetOrAdd((job.Queue, job.Key), job);
            if (ReferenceEquals(holder, job))
            {
                _byId[job.Id] = job;
                return job;
            }

            if (holder.IsPending)
            {
                spin.SpinOnce();
            }
            else if (holder.IsLive)
            {
                return holder;
            }
            else
            {
                FreeKey(holder); // It has ended; its winner is about to do the same.
            }
        }
    }

    /// <summary>A retried job takes its key again, if no other has it.</summary>
    public void TakeAgain(long id)
    {
        if (Find(id) is not { } job)
        {
            return;
        }

        while (_holders.GetOrAdd((job.Queue, job.Key), job) is var holder && !ReferenceEquals(holder, job) && !holder.IsPending && !holder.IsLive)
        {
            FreeKey(holder);
        }
    }

    public void FreeKey(KeyedJob job) => _holders.TryRemove(KeyValuePair.Create((job.Queue, job.Key), job));

    /// <summary>The record is gone.</summary>
    public void Forget(long id)
    {
        if (_byId.TryRemove(id, out KeyedJob? job))
        {
            FreeKey(job);
        }
    }
}
