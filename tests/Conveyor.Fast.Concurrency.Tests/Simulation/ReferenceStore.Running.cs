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
        int ready = _workers.Where(static worker => worker.MayTake).Sum(worker => _lines[worker.Queue].Count);
        return $"{ran} ran, {ready} ready, {_workers.Sum(static worker => worker.Running.Count)} suspended, due in {UntilDue}";
    }

    private void Run(ReferenceJob job, ReferenceWorker worker)
    {
        job.State = JobState.Active;
        job.Started = _now;
        job.Worker = worker;
        job.Reason = null;
        job.Runs++;
        worker.Running.Add(job);
        ReferenceJob? caller = _caller;
        _caller = job;
        _used.Add(job.Plan.Queue);
        Announce(job, JobEventType.Active, JobState.Waiting);
        Trace.Add($"{worker.Name} runs {job.Name}, {job.AttemptsMade} made, parent {job.Parent?.Name}, children {string.Join(' ', Children(job))}");
        RunPlan run = job.CurrentRun;
        foreach (Operation operation in run.Inside)
        {
            Trace.Add($"{operation}: {Perform(operation)}");
        }

        if (run.End == RunEnd.Suspend)
        {
            job.IsSuspended = true;
        }
        else
        {
            EndRun(job, run.End);
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

    private string Finish(ReferenceJob job, RunEnd end)
    {
        if (!job.IsSuspended)
        {
            return "nothing";
        }

        // A pump of no jobs comes before the end, and one after it.
        FallDue();
        NoteDrained();
        job.IsSuspended = false;
        EndRun(job, end);
        NoteDrained();
        return "finished";
    }

    private void EndRun(ReferenceJob job, RunEnd end)
    {
        BackoffAnswer? next = end is RunEnd.Throw or RunEnd.FaultedTask && job.AttemptsMade + 1 < job.Plan.Attempts && !job.IsCancelRequested ? AskBackoff(job) : null;
        ReferenceWorker worker = job.Worker!;
        worker.Running.Remove(job);
        worker.Closers.Remove(job);
        bool canceled = job.IsCancelRequested;
        job.IsCancelRequested = false;
        job.AttemptsMade++;
        if (canceled)
        {
            // 22: once the request is accepted it ends Canceled by whatever way it leaves Active.
            End(job, JobState.Canceled, job.CancelReason ?? "canceled", job.CancelReason);
        }
        else if (end == RunEnd.Value)
        {
            job.Value = ValueOf(job);
            End(job, JobState.Completed, null, null);
        }
        else if (next?.Delay is { } delay)
        {
            TryAgain(job, delay);
        }
        else
        {
            if (job.Plan.Attempts > 1 && job.AttemptsMade == job.Plan.Attempts)
            {
                job.State = JobState.Failed;
                Announce(job, JobEventType.RetriesExhausted, JobState.Active);
                job.State = JobState.Active;
            }

            string reason = next is { HasFailed: true } ? $"{ErrorOf(job)} and its backoff failed" : ErrorOf(job);
            End(job, JobState.Failed, reason, reason);
        }

        Conclude();
        EndCloses(worker);
    }

    public static object? ValueOf(string name, int runs) => (runs % 3) switch
    {
        0 => runs,
        1 => $"{name}/{runs}",
        _ => null,
    };

    public static string ErrorOf(string name, int runs) => $"{name} broke in run {runs}";

    private static object? ValueOf(ReferenceJob job) => ValueOf(job.Name, job.Runs);

    private static string ErrorOf(ReferenceJob job) => ErrorOf(job.Name, job.Runs);
}
