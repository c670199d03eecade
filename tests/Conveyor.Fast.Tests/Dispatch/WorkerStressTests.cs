using System.Collections.Concurrent;
using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class WorkerStressTests
{
    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "WRK-09")]
    public async Task Jobs_UnderRandomFailuresCancelsRemovalsAndPauses_EachEndsOnce(WorkerMode mode)
    {
        const int Jobs = 20_000;
        await using LiveStore test = new(new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.KeepAll });
        int[] runs = new int[Jobs];
        ConcurrentDictionary<JobId, int> ends = new();
        ConcurrentDictionary<JobEventType, int> byType = new();
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence =>
        {
            // A removal ends only a job that had not ended.
            if (occurrence.Type != JobEventType.Removed || occurrence.PreviousState is JobState.Waiting or JobState.Delayed)
            {
                ends.AddOrUpdate(occurrence.Job.Id, 1, static (_, count) => count + 1);
                byType.AddOrUpdate(occurrence.Type, 1, static (_, count) => count + 1);
            }
        }, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed);
        Worker[] workers = [.. Enumerable.Range(0, 4).Select(_ => test.Work("q", async (job, _) =>
        {
            int number = job.GetData<int>();
            Interlocked.Increment(ref runs[number]);
            if (number % 5 == 0)
            {
                await Task.Yield();
            }

            return number % 7 == 0 && (number % 2 == 0 || job.AttemptsMade == 0) ? throw new InvalidOperationException("now and then") : null;
        }, concurrency: 2, mode: mode))];

        Random random = new(7);
        JobHandle[] jobs = new JobHandle[Jobs];
        JobOptions twice = new() { Attempts = 2 };
        for (int i = 0; i < Jobs; i++)
        {
            jobs[i] = test.Queue("q").Add("job", i, twice);
            JobHandle some = jobs[random.Next(i + 1)];
            Action<Worker, JobHandle> disturb = random.Next(40) switch
            {
                0 => static (_, job) => job.Cancel(),
                1 => static (_, job) => TryRemove(job),
                2 => static (worker, _) => worker.Pause(),
                < 6 => static (worker, _) => worker.Resume(),
                _ => LeaveAlone,
            };
            disturb(workers[random.Next(4)], some);
        }

        foreach (Worker worker in workers)
        {
            worker.Resume();
        }

        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();
        foreach (Worker worker in workers)
        {
            await worker.CloseAsync(TestContext.Current.CancellationToken).Within();
        }

        Assert.Equal(Jobs, byType.Values.Sum());
        Assert.All(jobs, job => Assert.Equal(1, ends.GetValueOrDefault(job.Id)));
        Assert.All(runs, static count => Assert.InRange(count, 0, 2));
        Assert.Equal(4, byType.Count);
    }

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

    private static void LeaveAlone(Worker worker, JobHandle job)
    {
    }

    private static void TryRemove(JobHandle job)
    {
        try
        {
            job.Remove();
        }
        catch (InvalidJobStateException refused)
        {
            Assert.Equal(JobState.Active, refused.Current);
        }
    }
}
