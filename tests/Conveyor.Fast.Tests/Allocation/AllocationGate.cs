namespace Conveyor.Fast.Tests.Allocation;

/// <summary>
/// Counts the bytes a thread allocates over whole rounds of jobs. A round is repeated until it has been free of
/// allocations several times running, so that cold code and growing buffers do not count, or until it is clear that it
/// never will be.
/// </summary>
internal static class AllocationGate
{
    /// <summary>Jobs a round is to run: enough that a byte now and then is seen.</summary>
    public const int JobsPerRound = 5_000;

    /// <summary>The smallest object there is.</summary>
    public const int SmallestObject = 24;

    private const int FreeRoundsWanted = 3;
    private const int MaxRounds = 150;
    private const int RoundsCounted = 5;

    private static object? s_sink;

    /// <summary>What a probe does once a job: the least that a gate must see.</summary>
    public static void Allocate() => s_sink = new object();

    /// <summary>Bytes of the best of the last rounds; 0 once several rounds running were free of allocations.</summary>
    public static long BytesPerRound(Action round)
    {
        Queue<long> last = new();
        int freeRounds = 0;
        for (int i = 0; i < MaxRounds && freeRounds < FreeRoundsWanted; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            freeRounds = bytes == 0 ? freeRounds + 1 : 0;
            last.Enqueue(bytes);
            if (last.Count > RoundsCounted)
            {
                last.Dequeue();
            }
        }

        return freeRounds == FreeRoundsWanted ? 0 : Math.Max(1, last.Min());
    }

    /// <summary>The gate: a round allocates nothing.</summary>
    public static void AssertFree(Action round)
    {
        long bytes = BytesPerRound(round);
        Assert.True(bytes == 0, $"a round of {JobsPerRound} jobs allocates {bytes} bytes, {(double)bytes / JobsPerRound:F1} a job");
    }

    /// <summary>The gate's twin: a probe that allocates the least possible for each job is seen, and seen whole.</summary>
    public static void AssertSeen(Action round) =>
        Assert.InRange(BytesPerRound(round), JobsPerRound * SmallestObject, long.MaxValue);
}
