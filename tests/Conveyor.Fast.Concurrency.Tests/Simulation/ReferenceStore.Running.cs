namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Runs: promotion to Active, what the handler sees and does, its end. Rules 12, 16, 19, 22, 23.</summary>
internal sealed partial class ReferenceStore
{
    /// <summary>
    /// Due jobs first; then the workers in order of making, each at most what stood in line when its turn came, round
    /// after round until nothing runs.
    /// </summary>
    private string Pump(int maxJobs)
    {
        FallDue();
        int ran = 0;
        int before = -1;
        while (ran != before && ran < maxJobs)
        {
            before = ran;
            foreach (ReferenceWorker worker in _workers.ToArray())
            {
                ReferenceLine line = _lines[worker.Queue];
                for (int turn = Math.Min(maxJobs - ran, line.Count); turn > 0 && MayStart(worker) && line.Take() is { } job; turn--)
                {
                    ran++;
                    Run(job, worker);
                }
            }
        }

        NoteDrained();
        int ready = _workers.Where(static worker => worker.MayTake).Select(static worker => worker.Queue).Distinct().Sum(queue => _lines[queue].Count);
        return $"{ran} ran, {ready} ready, {_workers.Sum(static worker => worker.Running.Count)} suspended";
    }

    private void Run(ReferenceJob job, ReferenceWorker worker)
    {
        job.State = JobState.Active;
        job.Started = _now;
        job.Worker = worker;
        job.Reason = null;
        ReferenceRun run = job.Run = new ReferenceRun(job, worker, ++job.Runs);
        job.History.Add(new ReferenceAttempt(job.History.Count + 1, _now));
        worker.Running.Add(run);
        ReferenceRun? caller = _caller;
        _caller = run;
        _used.Add(job.Plan.Queue);
        Announce(job, JobState.Waiting, JobEventType.Active);
        BeginLimit(run);
        Trace.Add($"{worker.Name} runs {job.Name}, {job.AttemptsMade} made, parent {job.Parent?.Name}, children {string.Join(' ', Children(job))}");
        foreach (Operation operation in run.Plan.Inside)
        {
            Trace.Add($"{operation}: {Perform(operation)}");
        }

        if (run.Plan.End == RunEnd.Suspend)
        {
            run.IsSuspended = true;
        }
        else
        {
            EndRun(run, run.Plan.End);
        }

        _caller = caller;
    }

    /// <summary>12: in declared order, whatever has become of them, until the parent has completed.</summary>
    private static IEnumerable<string> Children(ReferenceJob parent) =>
        from edge in parent.Children
        let child = edge.Child
        select edge.State switch
        {
            JobState.Completed => $"{child.Name}={child.Value ?? "null"}",
            JobState.Failed or JobState.Canceled => $"{child.Name}!{child.Reason}",
            JobState.None => $"{child.Name}-",
            _ => $"{child.Name}?",
        };

    private string Finish(ReferenceJob job, RunEnd end, bool newest)
    {
        List<ReferenceRun> suspended = [.. Runs.Where(run => run.Job == job && run.IsSuspended).OrderBy(static run => run.Number)];
        if (suspended.Count == 0)
        {
            return "nothing";
        }

        // A pump of no jobs comes before the end, and one after it.
        FallDue();
        NoteDrained();
        ReferenceRun run = newest ? suspended[^1] : suspended[0];
        run.IsSuspended = false;
        EndRun(run, end);
        NoteDrained(); // Of what fell due by a clock that user code has moved meanwhile only the next pump knows.
        FallDue();
        NoteDrained();
        return "finished";
    }

    private void EndRun(ReferenceRun run, RunEnd end)
    {
        ReferenceJob job = run.Job;
        bool isOver = IsOver(run);
        string? error = isOver ? TimeoutOf(job) : end == RunEnd.Value ? null : run.Error;
        StopLimit(run);
        bool isAsked = !run.IsStray && error is not null && (isOver || end != RunEnd.Unrecoverable) && HasAttemptLeft(job);
        BackoffAnswer? next = isAsked ? AskBackoff(job, error!) : null;
        if (next is { IsLate: true })
        {
            run.Unanswered = error;
            return;
        }

        Return(run, error, hasThrown: end != RunEnd.Value, next);
    }

    /// <summary>The handler has returned, and the backoff has answered.</summary>
    private void Return(ReferenceRun run, string? error, bool hasThrown, BackoffAnswer? next)
    {
        run.Worker.Running.Remove(run);
        run.Worker.Closers.Remove(run);
        if (run.IsStray)
        {
            ReturnLate(run, hasThrown);
        }
        else
        {
            run.Job.Run = null;
            DecideOn(run, error, next);
        }

        Conclude();
        EndCloses(run.Worker);
    }

    /// <summary>What becomes of the job of a run that has ended.</summary>
    private void DecideOn(ReferenceRun run, string? error, BackoffAnswer? next)
    {
        ReferenceJob job = run.Job;
        if (error is null && run.Wish is { } wish && !job.IsCancelRequested)
        {
            SendBack(job, wish.Minutes);
            return;
        }

        job.AttemptsMade++;
        if (job.IsCancelRequested)
        {
            EndCanceled(job);
        }
        else if (error is null)
        {
            job.Value = ValueOf(job.Name, run.Number);
            End(job, JobState.Completed, null, null);
        }
        else if (next?.Delay is { } delay)
        {
            job.EndAttempt(OutcomeOf(job, error), error, _now);
            TryAgain(job, error, delay);
        }
        else
        {
            string reason = next is { HasFailed: true } ? $"{error} and its backoff failed" : error;
            Fail(job, reason, OutcomeOf(job, reason));
        }
    }

    /// <summary>22: once the request is accepted it ends Canceled by whatever way it leaves Active.</summary>
    private void EndCanceled(ReferenceJob job) => End(job, JobState.Canceled, job.CancelReason ?? "canceled", job.CancelReason);

    private void Fail(ReferenceJob job, string reason, JobAttemptOutcome outcome)
    {
        job.EndAttempt(outcome, reason, _now);
        End(job, JobState.Failed, reason, reason);
    }

    public static object? ValueOf(string name, int runs) => (runs % 3) switch
    {
        0 => runs,
        1 => $"{name}/{runs}",
        _ => null,
    };

    public static string ErrorOf(string name, int runs) => $"{name} broke in run {runs}";
}
