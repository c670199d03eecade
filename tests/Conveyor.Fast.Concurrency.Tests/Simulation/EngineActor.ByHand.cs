namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What is done to one job by hand.</summary>
internal sealed partial class EngineActor
{
    private static readonly JobState[] s_states = [.. Enum.GetValues<JobState>().Where(static state => state != JobState.None)];
    private static TimeSpan s_waitLimit = TimeSpan.FromSeconds(30);
    private readonly List<Task<object?>> _waits = [];

    public IReadOnlyList<string?> Waits => [.. _waits.Select(wait => wait.IsCompleted ? OutcomeOf(wait) : null)];

    private string With(string name, Func<JobHandle, string> act)
    {
        if (!_jobs.ContainsKey(name) && _plans.ContainsKey(name))
        {
            KnowAll();
        }

        return _jobs.TryGetValue(name, out JobHandle job) ? act(job) : "nothing";
    }

    /// <summary>A subscriber may act on a job whose add, or whose flow's, is still under way. Those of schedules are known from their first event.</summary>
    private void KnowAll()
    {
        foreach (string queue in ReferenceStore.Queues)
        {
            KnowAll(queue, s_states);
        }
    }

    private void KnowAll(string queue, params JobState[] states)
    {
        foreach (JobInfo job in states.SelectMany(state => Store.GetQueue(queue).GetJobs(state)))
        {
            if (!_occurrences.ContainsKey(job.Name) && Store.TryGetJob(job.Id, out JobHandle found))
            {
                Know(found, job.Name);
            }
        }
    }

    private static string Retry(JobHandle job, bool includeCompleted)
    {
        job.Retry(includeCompleted);
        return "retried";
    }

    private static string ChangePriority(JobHandle job, int priority, bool toFront)
    {
        job.ChangePriority(priority, toFront);
        return "changed";
    }

    private string Wait(JobHandle job, int? minutes)
    {
        _waits.Add((minutes is { } limit ? job.WaitUntilFinishedAsync<object?>(TimeSpan.FromMinutes(limit)) : job.WaitUntilFinishedAsync<object?>()).AsTask());
        return "waits";
    }

    /// <summary>Waits end on the thread pool; which have to be over is known.</summary>
    public void AwaitWaits(IReadOnlyList<string?> expected)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] is not null && !IsOver(i))
            {
                s_waitLimit = TimeSpan.FromMilliseconds(200); // What follows is the shrinking.
                return; // The comparison says which.
            }
        }
    }

    private bool IsOver(int wait) => wait < _waits.Count && (_waits[wait].IsCompleted || ((IAsyncResult)_waits[wait]).AsyncWaitHandle.WaitOne(s_waitLimit));

    private string OutcomeOf(Task<object?> wait) => wait.Exception?.InnerException switch
    {
        null when wait.IsCanceled => "given up",
        null => wait.Result switch
        {
            AddedLater { Job: { } job } added => $"added {Know(job, added.Name)}",
            AddedLater { Flow: { } flow } => $"added {KnowTrees([flow])}",
            var value => $"value {value ?? "null"}",
        },
        JobFailedException error => $"failed {Origin(error.Reason)}",
        JobCanceledException error => $"canceled {error.Reason}",
        JobNotFoundException => "gone",
        TimeoutException => "late",
        var error => error.ToString(),
    };
}
