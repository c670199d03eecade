namespace Conveyor.Fast.Tests.Parallel;

/// <summary>
/// One job's own book of what happened to it, kept by its handler: that it never runs twice at once, that its attempts
/// count up from zero in each life, that there is a life more only for a retry by hand, and that no child that its parent
/// waits for is unfinished when the parent runs.
/// </summary>
internal sealed class JobProbe(ParallelRun run, int seed)
{
    private int _running;
    private int _retries;
    private int _lives;
    private int _nextAttempt;

    /// <summary>Whether somebody has tried to retry the job by hand: from then on its parent need not wait for it.</summary>
    public bool IsRetried => Volatile.Read(ref _retries) != 0;

    /// <summary>To be called before a retry by hand.</summary>
    public void NoteRetry() => Interlocked.Increment(ref _retries);

    /// <summary>Begins a run and draws what is to become of it.</summary>
    public Random Enter(Job job)
    {
        if (Interlocked.Increment(ref _running) != 1)
        {
            run.Report($"{job.Name} ({job.Id}) runs twice at once");
        }

        int attempt = job.AttemptsMade;
        if (attempt == 0)
        {
            _lives++;
            int retries = Volatile.Read(ref _retries);
            if (_lives > 1 + retries)
            {
                run.Report($"{job.Name} ({job.Id}) lives for the {_lives}. time after {retries} retries by hand");
            }
        }
        else if (attempt != _nextAttempt)
        {
            run.Report($"{job.Name} ({job.Id}) is at attempt {attempt}, not {_nextAttempt}");
        }

        _nextAttempt = attempt + 1;
        foreach (JobChild child in job.Children)
        {
            CheckChild(job, child);
        }

        return new Random(HashCode.Combine(seed, _lives, attempt));
    }

    public void Leave() => Interlocked.Decrement(ref _running);

    private void CheckChild(Job job, JobChild child)
    {
        JobState state = child.State;
        if (state is not (JobState.WaitingChildren or JobState.Delayed or JobState.Waiting or JobState.Active))
        {
            return;
        }

        // Only a child that was retried by hand may live while its parent runs; who retries says so first.
        if (child.Job.TryGetInfo(out JobInfo? info) && info.Data is JobProbe { IsRetried: false })
        {
            run.Report($"{job.Name} ({job.Id}) runs while its child {child.Name} is {state}");
        }
    }
}
