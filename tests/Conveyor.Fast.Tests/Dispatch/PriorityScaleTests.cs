using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

[Collection(Alone.Name)]
public class PriorityScaleTests
{
    private const int Many = 100_000;

    /// <summary>One priority (0, 7: lock-free bands; others: the heap), and all different.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(null)]
    [Trait("Behaviour", "PRI-16")]
    public void Take_With100KWaitingJobs_ExactOrderAtACostThatDoesNotGrow(int? priority)
    {
        // The quickest of several rounds: other work on the machine only makes one slower.
        double few = double.MaxValue;
        double many = double.MaxValue;
        for (int round = 0; round < 3 || (round < 20 && many >= few * 12); round++)
        {
            few = Math.Min(few, TimeThousandTakes(priority, 2_000));
            many = Math.Min(many, TimeThousandTakes(priority, Many));
        }

        // A look through what is stored would cost fifty times as much.
        Assert.True(many < few * 12, $"1,000 takes took {few} ms with 2,000 jobs waiting and {many} ms with {Many}");
    }

    [Fact]
    [Trait("Behaviour", "PRI-60")]
    public void Take_OfAMillionJobsOfPrioritiesOfTheirOwn_LeavesNoBandBehind()
    {
        using PumpedStore test = new(retention: new RetentionOptions { Completed = Retention.RemoveAtOnce });
        using Worker<int> worker = new(test.Store, "q", static (_, _) => { }, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        for (int i = 0; i < 1_000_000; i++)
        {
            queue.Add(new JobRequest<int>("job", i) { Priority = (int)((uint)i * 2_654_435_761u) });
        }

        Assert.Equal(1_000_000, test.Pump().JobsRun);

        Assert.Equal(0, worker.Core.Queue.Ready.Count);
        Assert.True(worker.Core.Queue.Ready.RareCapacity <= 1024, $"{worker.Core.Queue.Ready.RareCapacity} places are kept");
    }

    private static double TimeThousandTakes(int? priority, int waiting)
    {
        using PumpedStore test = new(retention: new RetentionOptions { Completed = Retention.RemoveAtOnce });
        List<int> ran = new(waiting);
        using Worker<int> worker = new(test.Store, "q", (_, data) => ran.Add(data), new WorkerOptions { Mode = WorkerMode.Pumped });
        int[] numbers = [.. Enumerable.Range(0, waiting)];
        if (priority is null)
        {
            new Random(1).Shuffle(numbers);
        }

        JobQueue queue = test.Queue("q");
        foreach (int number in numbers)
        {
            queue.Add(new JobRequest<int>("job", number) { Priority = priority ?? number - waiting / 2 });
        }

        long start = Stopwatch.GetTimestamp();
        test.Store.Pump(1_000);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        test.Pump();

        Assert.Equal(Enumerable.Range(0, waiting), ran);
        return elapsed;
    }
}
