namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>Draws flows of random shape, depth, queue, policy, priority, attempts, backoff, time limit, delay and retention.</summary>
internal sealed class ForestMaker(FaultList faults, Random random)
{
    private const int MaxDepth = 4;
    private static readonly Backoff s_backoff = Backoff.Fixed(Milliseconds(1));
    private static readonly JobOptions[] s_options = [.. Enumerable.Range(0, 64).Select(MakeOptions)];

    public static string[] Queues { get; } = ["a", "b", "c"];

    public string NextQueue() => Queues[random.Next(Queues.Length)];

    public JobOptions NextOptions() => s_options[random.Next(s_options.Length)];

    public HandlerAutomaton NextPayload() => new(faults, random.Next());

    public FlowJob NextFlow(int depth = 0)
    {
        FlowJob job = new($"level {depth}", NextQueue(), NextPayload()) { Options = NextOptions() };
        int children = depth == MaxDepth || (depth > 0 && random.Next(3) != 0) ? 0 : random.Next(1, 5);
        for (int i = 0; i < children; i++)
        {
            job.Children.Add(NextFlow(depth + 1));
        }

        return job;
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static JobOptions MakeOptions(int i)
    {
        Random drawn = new(i);
        return new JobOptions
        {
            Attempts = drawn.Next(1, 4),
            Backoff = drawn.Next(4) == 0 ? s_backoff : null,
            Priority = drawn.Next(3) == 0 ? drawn.Next(-3, 12) : null,
            Lifo = drawn.Next(4) == 0 ? true : null,
            FailParentOnChildFailure = (ChildFailurePolicy)drawn.Next(3),
            Timeout = drawn.Next(4) == 0 ? Milliseconds(drawn.Next(1, 40)) : null,
            Delay = drawn.Next(6) == 0 ? Milliseconds(drawn.Next(5)) : null,
            MaxStalls = drawn.Next(4) == 0 ? drawn.Next(3) : null,
            RemoveOnComplete = drawn.Next(6) == 0 ? Retention.RemoveAtOnce : null,
            RemoveOnFail = drawn.Next(6) == 0 ? Retention.KeepLast(3) : null,
        };
    }
}
