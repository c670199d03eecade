namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Workers that do not wait for their handlers. Rules 16, 31.</summary>
internal sealed partial class ReferenceStore
{
    private static readonly TimeSpan s_lastMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tick = new(1); // Passes before each forced close, so that no two last moments are over at once.

    /// <summary>31: the tokens fire at once, and the handlers have a last moment; who runs on it and closes it has all the time.</summary>
    private string ForceClose(ReferenceWorker worker)
    {
        Advance(s_tick);
        bool hasClosed = worker.HasClosed;
        Close(worker);
        if (!hasClosed && !worker.HasClosed)
        {
            worker.Running.ForEach(Fire);
            worker.LastMoments.Add(_now + s_lastMoment);
        }

        return "closes";
    }

    private IEnumerable<(TimeSpan Due, Action Ring)> LastMoments() =>
        from worker in _workers
        from moment in worker.LastMoments
        select (moment, (Action)(() => StallAll(worker, moment)));

    private void StallAll(ReferenceWorker worker, TimeSpan moment)
    {
        worker.LastMoments.Remove(moment);
        if (!worker.HasClosed)
        {
            List<ReferenceNews> back = [];
            worker.Running.FindAll(run => !run.IsStray && !worker.Closers.Contains(run)).ForEach(run => Stall(run, back));
            back.AsEnumerable().Reverse().ToList().ForEach(news => Line(news, toFront: true)); // 16: in their old order.
            worker.HasClosed = true;
            EndCloses(worker);
        }
    }

    /// <summary>The job waits again, unless it was canceled or has stalled too often.</summary>
    private void Stall(ReferenceRun run, List<ReferenceNews> back)
    {
        ReferenceJob job = run.Job;
        int allowed = job.Plan.MaxStalls ?? 1;
        string reason = $"stalled {job.Stalls + 1} of {allowed}";
        run.IsStalled = true;
        if (job.IsCancelRequested || job.Stalls == allowed)
        {
            EndTaken(run, reason, JobAttemptOutcome.Stalled);
            return;
        }

        Take(run);
        job.EndAttempt(JobAttemptOutcome.Stalled, reason, _now);
        job.Stalls++;
        job.State = JobState.Waiting;
        job.Reason = job.Origin = reason;
        back.Add(Book(job, JobState.Active, null, JobEventType.Stalled, JobEventType.Waiting));
        Tell(back[^1]);
    }
}
