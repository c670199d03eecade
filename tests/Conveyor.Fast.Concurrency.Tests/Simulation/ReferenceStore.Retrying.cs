namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Another attempt after a failed run. Rules 16, 29.</summary>
internal sealed partial class ReferenceStore
{
    /// <summary>29: the user's own function is asked while the job is still active, and may do anything.</summary>
    private BackoffAnswer AskBackoff(ReferenceJob job, string error)
    {
        int made = job.AttemptsMade + 1;
        TimeSpan minutes = TimeSpan.FromMinutes(job.Plan.Backoff ?? 0);
        if (job.Plan.Custom == CustomBackoff.None)
        {
            return new BackoffAnswer(minutes);
        }

        Trace.Add($"backoff of {job.Name} asked, {made} of {job.Plan.Attempts} made, {error}");
        if (job.Plan.Custom == CustomBackoff.Cancels)
        {
            Cancel(job, "by its backoff", includeChildren: true);
        }
        else if (job.Plan.Custom == CustomBackoff.Dawdles)
        {
            Advance(TimeSpan.FromMinutes(1));
        }

        return job.Plan.Custom switch
        {
            CustomBackoff.GivesUp => new BackoffAnswer(null),
            CustomBackoff.Negative or CustomBackoff.Throws => new BackoffAnswer(null) { HasFailed = true },
            CustomBackoff.Later => new BackoffAnswer(minutes * made) { IsLate = true },
            _ => new BackoffAnswer(minutes * made),
        };
    }

    private string Answer(ReferenceJob job)
    {
        if (Runs.Where(run => run.Job == job && run.Unanswered is not null).MinBy(static run => run.Number) is not { } run)
        {
            return "nothing";
        }

        // As when a suspended run goes on.
        FallDue();
        NoteDrained();
        Return(run, run.Unanswered, hasThrown: true, new BackoffAnswer(TimeSpan.FromMinutes((job.Plan.Backoff ?? 0) * (job.AttemptsMade + 1))));
        FallDue();
        NoteDrained();
        return "answered";
    }

    /// <summary>16: retried jobs join the line; with a backoff, once it is over.</summary>
    private void TryAgain(ReferenceJob job, string error, TimeSpan delay)
    {
        job.Reason = error;
        job.Origin = error;
        job.State = delay > TimeSpan.Zero ? JobState.Delayed : JobState.Waiting;
        GoBack(job, delay, toFront: false, JobEventType.Retrying, WaitingType(job));
    }

    /// <summary>From its run, to wait for its time or in its line.</summary>
    private void GoBack(ReferenceJob job, TimeSpan delay, bool toFront, params JobEventType[] types)
    {
        if (job.State == JobState.Delayed)
        {
            PutUnderClock(job, delay);
        }

        ReferenceNews news = Book(job, JobState.Active, null, types);
        Tell(news);
        Line(news, toFront);
    }

    /// <summary>How long until the next attempt; null for none.</summary>
    private sealed record BackoffAnswer(TimeSpan? Delay)
    {
        public bool HasFailed { get; init; }

        /// <summary>It comes in a later step of the story.</summary>
        public bool IsLate { get; init; }
    }
}
