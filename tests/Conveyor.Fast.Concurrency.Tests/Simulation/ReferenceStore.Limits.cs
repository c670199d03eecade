namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Time limits, and runs whose job was taken from them. Rules 2, 21.</summary>
internal sealed partial class ReferenceStore
{
    private int _overdueRuns;

    /// <summary>Whether a limit may be looked at in vain, since its run has ended in time.</summary>
    public bool HasLimits { get; private set; }

    private IEnumerable<ReferenceRun> Runs => _workers.SelectMany(static worker => worker.Running);

    /// <summary>21: per run, from its start.</summary>
    private void BeginLimit(ReferenceRun run)
    {
        run.Deadline = _now + run.Job.Plan.Limit;
        HasLimits |= run.Deadline is not null;
    }

    /// <summary>The handler has returned; nobody counts its time any more.</summary>
    private static void StopLimit(ReferenceRun run)
    {
        run.Deadline = null;
        run.IsOverdue = false;
    }

    private bool IsOver(ReferenceRun run) => !run.IsStray && (run.IsOverdue || run.Deadline <= _now);

    /// <summary>19: in order of due time, then of those that became overdue.</summary>
    private void EndOverdueRuns()
    {
        while (Runs.Where(run => run.Due <= _now).MinBy(static run => (run.Due, run.OverdueAs)) is { } run)
        {
            TimeOut(run);
        }
    }

    /// <summary>21: with an attempt left the job waits for the handler's return, but not for ever; else it fails at once.</summary>
    private void TimeOut(ReferenceRun run)
    {
        if (run.IsOverdue || !HasAttemptLeft(run.Job))
        {
            EndTaken(run, TimeoutOf(run.Job), JobAttemptOutcome.TimedOut);
            return;
        }

        run.IsOverdue = true;
        run.OverdueAs = ++_overdueRuns;
        run.AbandonAt = _now + run.Worker.AbandonAfter;
        Fire(run);
    }

    private static bool HasAttemptLeft(ReferenceJob job) => job.AttemptsMade + 1 < job.Plan.Attempts && !job.IsCancelRequested && !job.IsDiscarded;

    /// <summary>Ends the job of a run that goes on. 21: the handler keeps its place in the worker.</summary>
    private void EndTaken(ReferenceRun run, string reason, JobAttemptOutcome outcome)
    {
        Take(run);
        ReferenceJob job = run.Job;
        job.AttemptsMade += outcome == JobAttemptOutcome.Stalled ? 0 : 1;
        if (job.IsCancelRequested)
        {
            EndCanceled(job);
        }
        else
        {
            Fail(job, reason, outcome);
        }

        Conclude();
        Fire(run);
    }

    private static void Take(ReferenceRun run)
    {
        run.IsStray = true;
        run.Job.Run = null;
        run.Job.StrayRuns++;
    }

    /// <summary>2: dropped; what nobody else would hear of is announced.</summary>
    private void ReturnLate(ReferenceRun run, bool hasThrown)
    {
        run.Job.StrayRuns--;
        if (hasThrown || run.IsStalled)
        {
            NoteError();
        }
    }

    /// <summary>A token fires once.</summary>
    private void Fire(ReferenceRun run)
    {
        if (!run.HasFired && run.Plan.HasThrowingCallback)
        {
            NoteError();
        }

        run.HasFired = true;
    }

    private static JobAttemptOutcome OutcomeOf(ReferenceJob job, string error) =>
        error == TimeoutOf(job) ? JobAttemptOutcome.TimedOut : JobAttemptOutcome.Failed;

    private static string TimeoutOf(ReferenceJob job) => $"The run took longer than its time limit of {job.Plan.Limit}.";
}
