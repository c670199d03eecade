using System.Collections.Concurrent;

namespace Conveyor.Fast.Jobs;

/// <summary>The jobs that have a deduplication key: all of them by id, and by queue and key the one that holds the key. Costs only those who use keys.</summary>
internal sealed class KeyedJobs
{
    private readonly ConcurrentDictionary<long, KeyedJob> _byId = new();
    private readonly ConcurrentDictionary<(int Queue, string Key), Holding> _holders = new();

    public int Count => _byId.Count;

    public IEnumerable<KeyedJob> Holders => _holders.Values.Select(static holding => holding.Job);

    public KeyedJob? Find(long id) => _byId.GetValueOrDefault(id);

    public KeyedJob? FindHolder(int queue, string key) => _holders.GetValueOrDefault((queue, key))?.Job;

    /// <summary>
    /// Gives the key to a job that will surely be published, or finds the live job that holds it. A holder that may still
    /// be refused is waited for: it gives its key up before its slot.
    /// </summary>
    public KeyedJob Reserve(KeyedJob job)
    {
        SpinWait spin = default;
        Holding mine = new(job);
        while (true)
        {
            Holding holding = _holders.GetOrAdd((job.Queue, job.Key), mine);
            if (ReferenceEquals(holding, mine))
            {
                _byId[job.Id] = job;
                return job;
            }

            if (holding.Job.IsPending)
            {
                spin.SpinOnce();
            }
            else if (holding.Job.IsLive)
            {
                return holding.Job;
            }
            else
            {
                FreeKey(holding); // It has ended; its winner is about to do the same.
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

        Holding mine = new(job);
        while (_holders.GetOrAdd((job.Queue, job.Key), mine) is var holding && !ReferenceEquals(holding, mine)
            && (ReferenceEquals(holding.Job, job) || (!holding.Job.IsPending && !holding.Job.IsLive)))
        {
            FreeKey(holding);
        }
    }

    /// <summary>By the winner of the job's end, or when its record is gone.</summary>
    public void FreeKey(KeyedJob job)
    {
        if (_holders.TryGetValue((job.Queue, job.Key), out Holding? holding) && ReferenceEquals(holding.Job, job))
        {
            FreeKey(holding);
        }
    }

    /// <summary>The record is gone.</summary>
    public void Forget(long id)
    {
        if (_byId.TryRemove(id, out KeyedJob? job))
        {
            FreeKey(job);
        }
    }

    private void FreeKey(Holding holding) => _holders.TryRemove(KeyValuePair.Create((holding.Job.Queue, holding.Job.Key), holding));

    /// <summary>One life's hold of a key: who saw an earlier life end must not free what a retry has taken since.</summary>
    private sealed class Holding(KeyedJob job)
    {
        public KeyedJob Job => job;
    }
}
