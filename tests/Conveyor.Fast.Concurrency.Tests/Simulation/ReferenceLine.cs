namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>
/// Rule 16: a queue's ready jobs. Lower priority first; a priority has a front, newest first, and after it a line, oldest
/// first. Places of jobs that were canceled or removed stay until they are met.
/// </summary>
internal sealed class ReferenceLine
{
    private readonly SortedDictionary<int, LinkedList<(ReferenceJob Job, long Place)>> _bands = [];
    private long _places;

    public int Count { get; private set; }

    public void Add(ReferenceJob job, bool toFront, bool isGood = true)
    {
        long place = ++_places;
        job.Place = isGood ? place : job.Place;
        if (!_bands.TryGetValue(job.Priority, out LinkedList<(ReferenceJob, long)>? band))
        {
            _bands.Add(job.Priority, band = []);
        }

        _ = toFront ? band.AddFirst((job, place)) : band.AddLast((job, place));
        Count++;
    }

    public ReferenceJob? Take()
    {
        foreach (LinkedList<(ReferenceJob Job, long Place)> band in _bands.Values)
        {
            while (band.First is { } first)
            {
                band.RemoveFirst();
                Count--;
                if (first.Value.Job is { IsStored: true, State: JobState.Waiting } job && job.Place == first.Value.Place)
                {
                    return job;
                }
            }
        }

        return null;
    }
}
