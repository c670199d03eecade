namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Workers: paused, resumed, given other limits, closed and replaced. Rules 23, 31.</summary>
internal sealed partial class ReferenceStore
{
    private readonly List<ReferenceWorker> _workers = [];

    /// <summary>Whose handler, or subscriber to its events, calls.</summary>
    private ReferenceRun? _caller;

    private string AddWorker(WorkerPlan plan)
    {
        _workers.Add(new ReferenceWorker($"w{_workers.Count}", plan));
        return _workers[^1].Name;
    }

    private string WithWorker(int worker, Func<ReferenceWorker, string> act) => worker < _workers.Count ? act(_workers[worker]) : "nothing";

    private static string Pause(ReferenceWorker worker, bool pause)
    {
        worker.IsPaused = pause;
        return pause ? "paused" : "resumed";
    }

    private static string SetConcurrency(ReferenceWorker worker, int value)
    {
        worker.Concurrency = value;
        return "set";
    }

    /// <summary>31: takes no more jobs; who runs on it and closes it is not waited for.</summary>
    private string Close(ReferenceWorker worker)
    {
        worker.IsClosed = true;
        if (_caller is { } caller && caller.Worker == worker)
        {
            worker.Closers.Add(caller);
        }

        ReferenceWait wait = new(null, null);
        worker.Closes.Add(wait);
        _waits.Add(wait);
        EndCloses(worker);
        return "closes";
    }

    /// <summary>31: once closed it stays so.</summary>
    private static void EndCloses(ReferenceWorker worker)
    {
        worker.HasClosed |= worker.IsClosed && worker.Running.TrueForAll(worker.Closers.Contains);
        worker.Closes.FindAll(_ => worker.HasClosed).ForEach(static close => close.Outcome = "value closed");
    }
}
