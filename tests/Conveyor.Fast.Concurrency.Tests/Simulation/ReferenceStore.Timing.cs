namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What time does, and what is done to jobs that wait for it. Rules 11, 19.</summary>
internal sealed partial class ReferenceStore
{
    /// <summary>In the order in which they were delayed.</summary>
    private readonly List<ReferenceJob> _delayed = [];
    private TimeSpan _now;

    /// <summary>How long until the next thing is due; null if nothing is.</summary>
    public TimeSpan? UntilDue => _delayed.Select(static job => (TimeSpan?)job.Due).Concat(Runs.Select(static run => run.Due)).Min() is { } due
        ? due > _now ? due - _now : TimeSpan.Zero
        : null;

    /// <summary>19: nothing but waits and closes has a timer of its own in a pumped store.</summary>
    private string Advance(TimeSpan time)
    {
        _now += time;
        while (NextTimer() is { } timer)
        {
            timer();
        }

        return "advanced";
    }

    private Action? NextTimer() => LateWaits().Concat(LastMoments())
        .Where(timer => timer.Due <= _now).OrderBy(static timer => timer.Due).Select(static timer => timer.Ring).FirstOrDefault();

    private void PutUnderClock(ReferenceJob job, TimeSpan delay)
    {
        job.Due = _now + delay;
        _delayed.Remove(job);
        _delayed.Add(job);
    }

    /// <summary>19: in order of due time, then of adding; being exactly due is enough.</summary>
    private void FallDue()
    {
        FallDue(InOrder(job => job.Due <= _now));
        EndOverdueRuns();
        LetExpire();
    }

    /// <summary>16: due jobs join the line. All of them are ready before the first is told of.</summary>
    private void FallDue(params ReferenceJob[] jobs)
    {
        List<ReferenceNews> news = [];
        foreach (ReferenceJob job in jobs)
        {
            _delayed.Remove(job);
            job.State = JobState.Waiting;
            news.Add(Book(job, JobState.Delayed, null, JobEventType.Waiting));
        }

        foreach (ReferenceNews each in news)
        {
            Tell(each);
            Line(each, toFront: false);
        }
    }

    private ReferenceJob[] InOrder(Func<ReferenceJob, bool> which) => [.. _delayed.Where(which).OrderBy(static job => job.Due)];

    private string Promote(ReferenceJob job)
    {
        if (RefusalOf(job) is { } refusal)
        {
            return refusal;
        }

        FallDue(job);
        return "promoted";
    }

    private string PromoteJobs(string queue)
    {
        int promoted = 0;
        foreach (ReferenceJob job in InOrder(job => job.Plan.Queue == queue))
        {
            promoted += Promote(job) == "promoted" ? 1 : 0;
        }

        return promoted.ToString();
    }

    /// <summary>The new delay counts from now; no event tells of it.</summary>
    private string ChangeDelay(ReferenceJob job, TimeSpan delay)
    {
        if (RefusalOf(job) is { } refusal)
        {
            return refusal;
        }

        PutUnderClock(job, delay);
        return "delayed anew";
    }

    private static string? RefusalOf(ReferenceJob job) =>
        !job.IsStored ? "refused JobNotFoundException" : job.State != JobState.Delayed ? "refused InvalidJobStateException" : null;
}
