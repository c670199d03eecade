namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What a handler says of its own job. Rules 2, 16, 21.</summary>
internal sealed partial class ReferenceStore
{
    private string FromInside(Func<ReferenceRun, string> act) => _caller is { } run ? act(run) : "nothing";

    /// <summary>21: at once; the handler keeps its place until it returns.</summary>
    private string MoveToFailed(ReferenceRun run, string reason)
    {
        if (run.IsStray)
        {
            return "False";
        }

        EndTaken(run, reason, JobAttemptOutcome.Failed);
        return "True";
    }

    private static string Discard(ReferenceRun run)
    {
        run.Job.IsDiscarded |= !run.IsStray;
        return "discarded";
    }

    /// <summary>Of several wishes the last one counts.</summary>
    private static string Move(ReferenceRun run, int? minutes)
    {
        if (!run.Job.Plan.MayMove(run.Number))
        {
            return "nothing";
        }

        run.Wish = run.IsStray ? null : new ReferenceRun.RunWish(minutes);
        return "moves";
    }

    /// <summary>16: jobs handed back by their handler go to the front; it was no attempt.</summary>
    private void SendBack(ReferenceJob job, int? minutes)
    {
        job.EndAttempt(JobAttemptOutcome.Moved, null, _now);
        job.State = minutes > 0 ? JobState.Delayed : JobState.Waiting;
        GoBack(job, TimeSpan.FromMinutes(minutes ?? 0), toFront: minutes is null, WaitingType(job));
    }
}
