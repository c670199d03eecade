using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

[Collection(Alone.Name)]
public class WorkerScaleTests
{
    [Fact]
    [Trait("Behaviour", "WRK-13")]
    public void Jobs_MillionsWithRemovalAtTheEnd_MemoryAndTimeStayFlat()
    {
        const int Batch = 250_000;
        using PumpedStore test = new();
        using Worker<int, int> worker = new(test.Store, "q", static (_, data) => data + 1, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobOptions removed = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };
        double[] times = new double[12];
        long[] memory = new long[12];
        int[] slots = new int[12];
        for (int batch = 0; batch < 12; batch++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batch; i += 50)
            {
                for (int j = 0; j < 50; j++)
                {
                    test.Queue("q").Add("job", i + j, removed);
                }

                test.Pump();
            }

            times[batch] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            memory[batch] = GC.GetTotalMemory(forceFullCollection: true);
            slots[batch] = test.Store.Engine.Table.SlotLimit;
        }

        Assert.Equal(0, test.Queue("q").GetJobCounts().Total);
        Assert.Equal(slots[1], slots[^1]);

        // Other tests of the process allocate too, so the least of the later batches is looked at; kept jobs would show in all.
        Assert.True(memory[6..].Min() < memory[1] + 20_000_000, $"memory after each batch: {string.Join(", ", memory)}");
        Assert.True(times[6..].Min() < times[1..6].Min() * 3, $"milliseconds for each batch: {string.Join(", ", times)}");
    }
}
