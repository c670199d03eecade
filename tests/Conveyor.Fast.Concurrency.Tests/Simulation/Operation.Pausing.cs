namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <content>Pauses of whole queues.</content>
internal abstract partial record Operation
{
    internal sealed record PauseQueue(string Queue) : Operation
    {
        public override string ToString() => $"new Operation.PauseQueue(\"{Queue}\")";
    }

    internal sealed record ResumeQueue(string Queue) : Operation
    {
        public override string ToString() => $"new Operation.ResumeQueue(\"{Queue}\")";
    }
}
