using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// How a producer waits for the end of a run with worker loops: it blocks and takes no core and no cache line from
/// them, unlike counting in a shared variable or asking again and again.
/// </summary>
internal static class IdleStore
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static void Await(JobStore store)
    {
        if (!store.WaitUntilIdleAsync().AsTask().Wait(s_limit))
        {
            throw new WrongAnswerException($"The store was not idle after {s_limit.TotalSeconds} s.");
        }
    }
}
