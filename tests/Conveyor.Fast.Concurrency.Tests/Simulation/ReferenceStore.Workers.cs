namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Workers that are paused, resumed and given other limits. Rule 23.</summary>
internal sealed partial class ReferenceStore
{
    private readonly List<ReferenceWorker> _workers = [];

    private string Pause(int worker, bool pause)
    {
        _workers[worker].IsPaused = pause;
        return pause ? "paused" : "resumed";
    }

    private string SetConcurrency(int worker, int value)
    {
        _workers[worker].Concurrency = value;
        return "set";
    }
}
