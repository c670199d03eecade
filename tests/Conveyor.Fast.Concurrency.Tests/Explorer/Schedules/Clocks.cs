namespace Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

/// <summary>Vector clocks of an execution's steps, one entry for each thread and each store buffer.</summary>
internal static class Clocks
{
    /// <param name="trace">The steps taken.</param>
    /// <param name="threads">How many threads there are.</param>
    /// <param name="before">For each step, what its own thread or buffer brought to it.</param>
    /// <returns>For each step, what happened before it, itself included.</returns>
    public static int[][] Of(ReadOnlySpan<TraceLine> trace, int threads, out int[][] before)
    {
        int[][] clocks = new int[trace.Length][];
        before = new int[trace.Length][];
        int[][] last = [.. Enumerable.Range(0, threads * 2).Select(_ => new int[threads * 2])];
        Queue<int>[] stores = [.. Enumerable.Range(0, threads).Select(static _ => new Queue<int>())];
        for (int at = 0; at < trace.Length; at++)
        {
            ref readonly TraceLine line = ref trace[at];
            int[] clock = [.. last[line.Choice]];
            if (line.Step.Kind == StepKind.Flush)
            {
                Join(clock, clocks[stores[line.Agent].Dequeue()]);
            }
            else if (line.Step.Kind == StepKind.Store)
            {
                stores[line.Agent].Enqueue(at);
            }
            else if (line.Step.Kind is not (StepKind.Read or StepKind.Yield or StepKind.Pause))
            {
                Join(clock, last[line.Agent + threads]); // A full fence: the thread's own stores have been flushed.
            }

            before[at] = [.. clock];
            for (int earlier = 0; earlier < at; earlier++)
            {
                if (line.Step.OrdersWith(trace[earlier].Step))
                {
                    Join(clock, clocks[earlier]);
                }
            }

            clock[line.Choice]++;
            last[line.Choice] = clock;
            clocks[at] = clock;
        }

        return clocks;
    }

    private static void Join(int[] clock, int[] other)
    {
        for (int i = 0; i < clock.Length; i++)
        {
            clock[i] = Math.Max(clock[i], other[i]);
        }
    }
}
