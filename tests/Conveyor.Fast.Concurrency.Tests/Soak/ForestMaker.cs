namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>Draws flows of random shape, depth, queue, policy, priority, attempts, backoff, time limit, delay and retention.</summary>
internal sealed class ForestMaker(FaultList faults, Random random)
{
    private const int MaxDepth = 4;
    private const int Names = 10; // Few, so that adds meet.
    private static readonly Backoff[] s_backoffs = [Backoff.Fixed(Milliseconds(1)), Backoff.Exponential(Milliseconds(1)), Backoff.Custom(AnswerAsync)];
    private static readonly JobOptions[] s_keyed = [.. Enumerable.Range(0, Names).Select(static name => new JobOptions { Deduplication = Deduplication.ByKey($"leaf {name}") })];
    private static readonly JobOptions[] s_options = [.. Enumerable.Range(0, 64).Select(MakeOptions)];

    public static string[] Queues { get; } = ["a", "b", "c"];

    public string NextQueue() => Queues[random.Next(Queues.Length)];

    public JobOptions NextOptions() => s_options[random.Next(s_options.Length)];

    public HandlerAutomaton NextPayload() => new(faults, random.Next());

    /// <summary>Some with a custom id or a key, by which they may turn out to be there already.</summary>
    public JobRequest<HandlerAutomaton> NextRequest()
    {
        int kind = random.Next(20);
        string name = $"plain {random.Next(Names)}";
        return new("plain", NextPayload()) { Options = NextOptions(), CustomId = kind == 0 ? name : null, DeduplicationKey = kind == 1 ? name : null };
    }

    public FlowJob NextFlow(int depth = 0)
    {
        int children = depth == MaxDepth || (depth > 0 && random.Next(3) != 0) ? 0 : random.Next(1, 5);
        bool mayAttach = children == 0 && random.Next(20) == 0;
        FlowJob job = new($"level {depth}", NextQueue(), NextPayload()) { Options = mayAttach ? s_keyed[random.Next(Names)] : NextOptions() };
        for (int i = 0; i < children; i++)
        {
            job.Children.Add(NextFlow(depth + 1));
        }

        return job;
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static async ValueTask<TimeSpan?> AnswerAsync(RetryContext context)
    {
        await Task.Yield();
        return context.Job.Id.ToInt64() % 3 == 0 ? null : Milliseconds(1);
    }

    private static JobOptions MakeOptions(int i)
    {
        Random drawn = new(i);
        return new JobOptions
        {
            Attempts = drawn.Next(1, 4),
            Backoff = drawn.Next(3) == 0 ? s_backoffs[drawn.Next(s_backoffs.Length)] : null,
            Priority = drawn.Next(3) == 0 ? drawn.Next(-3, 12) : null,
            Lifo = drawn.Next(4) == 0 ? true : null,
            FailParentOnChildFailure = (ChildFailurePolicy)drawn.Next(3),
            Timeout = drawn.Next(4) == 0 ? Milliseconds(drawn.Next(1, 40)) : null,
            Delay = drawn.Next(6) == 0 ? Milliseconds(drawn.Next(5)) : null,
            MaxStalls = drawn.Next(4) == 0 ? drawn.Next(3) : null,
            RemoveOnComplete = drawn.Next(6) switch { 0 => Retention.RemoveAtOnce, 1 => Retention.KeepLast(100, Milliseconds(5)), _ => null },
            RemoveOnFail = drawn.Next(6) == 0 ? Retention.KeepLast(3) : null,
        };
    }
}
