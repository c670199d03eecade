namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Pauses of whole queues.</summary>
internal sealed partial class EngineActor
{
    private string PauseQueue(string name, bool pause)
    {
        JobQueue queue = Store.GetQueue(name);
        if (pause)
        {
            queue.Pause();
        }
        else
        {
            queue.Resume();
        }

        return string.Join(' ', Store.GetQueues().Where(static info => info.IsPaused).Select(static info => info.Name));
    }
}
