namespace Conveyor.Fast.Tests.Parallel;

/// <summary>Draws flows of random shape, depth, queue, policy, priority, attempts, backoff and retention.</summary>
internal sealed class ForestMaker(ParallelRun run, int seed)
{
    private const int MaxDepth = 4;
    private static readonly Backoff s_backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(1));
    private static readonly JobOptions[] s_options = [.. Enumerable.Range(0, 48).Select(MakeOptions)];
    private readonly Random _random = new(seed);

    public FlowJob Next() => Draw(0);

    public JobOptions NextOptions() => s_options[_random.Next(s_options.Length)];

    public string NextQueue() => ParallelRun.QueueNames[_random.Next(ParallelRun.QueueNames.Length)];

    public JobProbe NextProbe() => new(run, _random.Next());

    private static JobOptions MakeOptions(int i)
    {
        Random random = new(i);
        return new JobOptions
        {
            Attempts = random.Next(1, 4),
            Backoff = random.Next(4) == 0 ? s_backoff : null,
            Priority = random.Next(3) == 0 ? random.Next(-3, 12) : null,
            Lifo = random.Next(4) == 0 ? true : null,
            FailParentOnChildFailure = (ChildFailurePolicy)random.Next(3),
            RemoveOnComplete = random.Next(6) == 0 ? Retention.RemoveAtOnce : null,
            RemoveOnFail = random.Next(6) == 0 ? Retention.KeepLast(3) : null,
        };
    }

    private FlowJob Draw(int depth)
    {
        FlowJob job = new($"level {depth}", NextQueue(), NextProbe()) { Options = NextOptions() };
        int children = depth == MaxDepth || (depth > 0 && _random.Next(3) != 0) ? 0 : _random.Next(1, 5);
        for (int i = 0; i < children; i++)
        {
            job.Children.Add(Draw(depth + 1));
        }

        return job;
    }
}
