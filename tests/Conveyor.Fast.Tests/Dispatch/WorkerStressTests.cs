using System.Collections.Concurrent;
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
