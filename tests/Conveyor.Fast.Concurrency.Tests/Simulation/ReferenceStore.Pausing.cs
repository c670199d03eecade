namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Pauses of whole queues. Rule 23.</summary>
internal sealed partial class ReferenceStore
{
    private readonly HashSet<string> _paused = [];

    /// <summary>Answers with all queues that are paused. Announced if anything has changed.</summary>
    private string PauseQueue(string queue, bool pause)
    {
        if (pause ? _paused.Add(queue) : _paused.Remove(queue))
        {
            Note([$"{(pause ? "Paused" : "Resumed")} {queue}"]);
        }

        return string.Join(' ', Queues.Where(_paused.Contains));
    }

    /// <summary>23: a pause holds for every start; what runs goes on.</summary>
    private bool MayStart(ReferenceWorker worker) => worker.MayStart && !_paused.Contains(worker.Queue);
}
