namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What is done to all jobs of a queue; which of them it was, in order, is told by their events.</summary>
internal sealed partial class EngineActor
{
    public IReadOnlyList<string> Taken { get; private set; } = [];

    private string OnQueue(Operation.OnQueue operation)
    {
        List<string> taken = [];
        Taken = taken;
        JobQueue queue = Store.GetQueue(operation.Queue);
        using IDisposable subscription = queue.Events.Subscribe(
            heard =>
            {
                if (IsTaken(operation, heard))
                {
                    taken.Add(NameOf(heard.Job.Id, heard.JobName, heard.Job));
                }
            },
            JobEventType.Removed, JobEventType.Waiting, JobEventType.WaitingChildren);
        switch (operation)
        {
            case Operation.Drain drain:
                return Say(queue.Drain(drain.KeepDelayed));
            case Operation.Clean clean:
                string[] cleaned = [.. queue.Clean(clean.State, TimeSpan.FromMinutes(clean.Minutes), clean.Limit).Select(id => _names[id])];
                Taken = cleaned;
                return Say(cleaned.Length);
            case Operation.RetryJobs retry:
                return Say(queue.RetryJobs(retry.State));
            case Operation.Obliterate obliterate:
                queue.Obliterate(obliterate.Force);
                return Say(taken.Count);
            default:
                throw new ArgumentException($"{operation} is unknown.", nameof(operation));
        }
    }

    /// <summary>Retention may let ended jobs go meanwhile.</summary>
    private static bool IsTaken(Operation.OnQueue operation, JobEvent heard) => operation switch
    {
        Operation.Drain => heard is { Type: JobEventType.Removed, PreviousState: JobState.Waiting or JobState.WaitingChildren or JobState.Delayed },
        Operation.RetryJobs retry => heard.Type != JobEventType.Removed && heard.PreviousState == retry.State,
        _ => heard.Type == JobEventType.Removed,
    };

    private string Say(int count) => $"{count}: {string.Join(' ', Taken)}";
}
