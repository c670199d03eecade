namespace Conveyor.Fast.Jobs;

/// <summary>One queue's jobs by state, summed from every stripe's moves; read again while a sum taken during moves comes out negative.</summary>
internal readonly struct QueueCounts
{
    private const int MaxReads = 64;
    private readonly long[] _counts;

    private QueueCounts(long[] counts, long started, long moves)
    {
        _counts = counts;
        Started = started;
        Moves = moves;
    }

    /// <summary>Runs ever started.</summary>
    public long Started { get; }

    /// <summary>Moves ever counted.</summary>
    public long Moves { get; }

    public long this[JobState state] => Math.Max(0, _counts[(int)state]);

    public static QueueCounts Read(JobTable table, int queue)
    {
        long[] counts = new long[8];
        long started = 0;
        long moves = 0;
        for (int read = 0; read < MaxReads; read++)
        {
            Array.Clear(counts);
            started = 0;
            moves = 0;
            Sum(table.Stripes.Producers, queue, counts, ref started, ref moves);
            Sum(table.Stripes.Loops, queue, counts, ref started, ref moves);
            if (!counts.AsSpan(1).ContainsAnyInRange(long.MinValue, -1))
            {
                break;
            }
        }

        return new QueueCounts(counts, started, moves);
    }

    private static void Sum(ReadOnlySpan<Stripe> stripes, int queue, long[] counts, ref long started, ref long moved)
    {
        foreach (Stripe stripe in stripes)
        {
            if (stripe.CountsOf(queue) is { } moves)
            {
                moved += moves.SumInto(counts);
                started += moves.Started;
            }
        }
    }
}
