namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Pumped workers, in order of their making.</summary>
internal sealed partial class EngineActor
{
    private readonly List<Worker> _workers = [];

    private string AddWorker(WorkerPlan plan)
    {
        string name = $"w{_workers.Count}";
        _workers.Add(new Worker(
            Store, plan.Queue, (job, token) => Run(name, job, token),
            new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = plan.Concurrency, Name = name, AbandonAfter = Minutes(plan.AbandonAfter) ?? Timeout.InfiniteTimeSpan }));
        return name;
    }

    private string WithWorker(int worker, Func<Worker, string> act) => worker < _workers.Count ? act(_workers[worker]) : "nothing";

    private static string Pause(Worker worker)
    {
        worker.Pause();
        return "paused";
    }

    private static string Resume(Worker worker)
    {
        worker.Resume();
        return "resumed";
    }

    private static string SetConcurrency(Worker worker, int value)
    {
        worker.Concurrency = value;
        return "set";
    }

    private string Close(Worker worker, TimeSpan grace)
    {
        _waits.Add(CloseAsync(worker, grace));
        return "closes";
    }

    private string ForceClose(Worker worker)
    {
        Advance(new TimeSpan(1)); // No two closes are over at once.
        return Close(worker, TimeSpan.Zero);
    }

    private static async Task<object?> CloseAsync(Worker worker, TimeSpan grace)
    {
        await worker.CloseAsync(grace).ConfigureAwait(false);
        return "closed";
    }
}
