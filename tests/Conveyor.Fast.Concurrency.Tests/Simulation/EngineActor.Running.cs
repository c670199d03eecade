namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>The handler of all workers: it does what the plan of the job's run says.</summary>
internal sealed partial class EngineActor
{
    private readonly Dictionary<string, int> _runs = [];
    private int _handlers; // Under way on this thread.
    private readonly List<SuspendedRun> _suspended = [];

    public IEnumerable<string> Fired => _suspended.Where(static run => run.Token.IsCancellationRequested).Select(static run => $"{run.Job}/{run.Number}");

    /// <summary>Its run goes on inside the pump; a pump of no jobs gives it as many turns as it needs.</summary>
    private string Finish(string name, RunEnd end, bool newest)
    {
        if ((newest ? _suspended.FindLast(run => run.Job == name) : _suspended.Find(run => run.Job == name)) is not { } run)
        {
            return "nothing";
        }

        _suspended.Remove(run);
        run.Go.SetResult(end);
        GoOn();
        return "finished";
    }

    private void GoOn()
    {
        for (int turn = 0; turn < 3; turn++)
        {
            Store.Pump(0);
        }
    }

    private ValueTask<object?> Run(string worker, Job job, CancellationToken token)
    {
        JobPlan plan = job.GetData<JobPlan>();
        Assert.Equal(plan.Name, job.Name);
        string name = NameOf(job.Id, plan.Name, job.Handle);
        int number = _runs.GetValueOrDefault(name);
        _runs[name] = number + 1;
        RunPlan run = plan.Run(number);
        Trace.Add($"{worker} runs {name}, {job.AttemptsMade} made, parent {(job.ParentId is { } parent ? _names[parent] : null)}, children {string.Join(' ', Children(job))}");
        if (run.HasThrowingCallback)
        {
            token.Register(static () => throw new InvalidOperationException("The callback broke."));
        }

        _handlers++;
        (Job Job, JobPlan Plan, int Number)? outer = _inHand;
        _inHand = (job, plan, number + 1);
        foreach (Operation operation in run.Inside)
        {
            Trace.Add($"{operation}: {Perform(operation)}");
        }

        _inHand = outer;
        _handlers--;

        if (run.End == RunEnd.Suspend)
        {
            return SuspendAsync(name, number + 1, token);
        }

        return run.End == RunEnd.FaultedTask
            ? ValueTask.FromException<object?>(ErrorOf(run.End, name, number + 1))
            : new ValueTask<object?>(EndOf(run.End, name, number + 1));
    }

    private async ValueTask<object?> SuspendAsync(string name, int runs, CancellationToken token)
    {
        SuspendedRun suspended = new(name, runs, new TaskCompletionSource<RunEnd>(), token);
        _suspended.Add(suspended);
        return EndOf(await suspended.Go.Task, name, runs);
    }

    private static object? EndOf(RunEnd end, string name, int runs) => end == RunEnd.Value ? ReferenceStore.ValueOf(name, runs) : throw ErrorOf(end, name, runs);

    private static Exception ErrorOf(RunEnd end, string name, int runs)
    {
        string text = ReferenceStore.ErrorOf(name, runs);
        return end == RunEnd.Unrecoverable ? new UnrecoverableJobException(text) : new InvalidOperationException(text);
    }

    private IEnumerable<string> Children(Job parent)
    {
        foreach (JobChild child in parent.Children)
        {
            string name = _names[child.Job.Id];
            yield return child.Kind switch
            {
                JobChildKind.Completed => $"{name}={child.GetValue<object?>() ?? "null"}",
                JobChildKind.Ignored => $"{name}!{Origin(child.Reason)}",
                JobChildKind.Removed => $"{name}-",
                _ => $"{name}?",
            };
        }
    }

    private sealed record SuspendedRun(string Job, int Number, TaskCompletionSource<RunEnd> Go, CancellationToken Token);
}
