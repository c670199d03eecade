namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <content>Steps that concern all jobs of a queue.</content>
internal abstract partial record Operation
{
    /// <summary>The rules leave open in which order jobs of equal age are taken: the engine says it, and the reference checks and follows it.</summary>
    internal abstract record OnQueue(string Queue) : Operation
    {
        public IReadOnlyList<string> Taken { get; init; } = [];
    }

    internal sealed record Drain(string Queue, bool KeepDelayed) : OnQueue(Queue)
    {
        public override string ToString() => $"new Operation.Drain(\"{Queue}\", {(KeepDelayed ? "true" : "false")})";
    }

    internal sealed record Clean(string Queue, JobState State, int Minutes, int Limit) : OnQueue(Queue)
    {
        public override string ToString() => $"new Operation.Clean(\"{Queue}\", JobState.{State}, {Minutes}, {Limit})";
    }

    internal sealed record RetryJobs(string Queue, JobState State) : OnQueue(Queue)
    {
        public override string ToString() => $"new Operation.RetryJobs(\"{Queue}\", JobState.{State})";
    }

    internal sealed record Obliterate(string Queue, bool Force) : OnQueue(Queue)
    {
        public override string ToString() => $"new Operation.Obliterate(\"{Queue}\", {(Force ? "true" : "false")})";
    }
}
