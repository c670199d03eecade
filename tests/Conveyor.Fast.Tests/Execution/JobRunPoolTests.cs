using Conveyor.Fast.Execution;
using Conveyor.Fast.Tests.Support;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Tests.Execution;

public class JobRunPoolTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void JobRunPool_IsAnObjectPool_OfTheRunsBehindJob() => Assert.True(typeof(ObjectPool<JobRun>).IsAssignableFrom(typeof(JobRunPool)));

    [Fact]
    public void Pump_OverThrowsRetriesAndCancels_ReturnsEveryRunItRents()
    {
        using PumpedStore test = new();
        test.Work("q", Misbehave, concurrency: 3);
        Add(test.Store, 2_000);
        test.Pump();
        JobRunPool runs = test.Store.Engine.Dispatcher.Runs;
        Assert.True(runs.Rented > 0);
        Assert.Equal(runs.Rented, runs.Returned);
    }

    [Theory]
    [InlineData(WorkerMode.Dedicated)]
    [InlineData(WorkerMode.ThreadPool)]
    public async Task Loops_OverThrowsRetriesAndCancels_ReturnEveryRunTheyRent(WorkerMode mode)
    {
        await using JobStore store = new();
        Worker worker = new(
            store,
            "q",
            async (job, token) =>
            {
                await Task.Yield();
                return Misbehave(job);
            },
            new WorkerOptions { Mode = mode, Concurrency = 3 });
        Add(store, 2_000);
        await store.WaitUntilIdleAsync().AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await worker.CloseAsync(s_limit).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        JobRunPool runs = store.Engine.Dispatcher.Runs;
        Assert.True(SpinWait.SpinUntil(() => runs.Rented == runs.Returned, s_limit), $"{runs.Rented} rented, {runs.Returned} returned");
        Assert.True(runs.Rented > 0);
        IntegrityChecker.Check(store);
    }

    [Fact]
    public void Pump_WhileAHandlerAwaits_HoldsItsRun()
    {
        using PumpedStore test = new();
        TaskCompletionSource gate = new();
        _ = new Worker(test.Store, "q", async (job, token) => await gate.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        test.Queue("q").Add("job");
        test.Pump();
        JobRunPool runs = test.Store.Engine.Dispatcher.Runs;
        Assert.Equal(runs.Rented - 1, runs.Returned);
        gate.SetResult();
        test.Pump();
        Assert.Equal(runs.Rented, runs.Returned);
    }

    private static void Add(JobStore store, int count)
    {
        JobOptions twice = new() { Attempts = 2 };
        for (int i = 0; i < count; i++)
        {
            JobHandle job = store.GetQueue("q").Add("job", i, twice);
            if (i % 7 == 0)
            {
                job.Cancel();
            }
        }
    }

    /// <summary>Cancels itself, throws for good, throws once, or is well.</summary>
    private static object? Misbehave(Job job)
    {
        switch (job.GetData<int>() % 5)
        {
            case 0:
                job.Handle.Cancel("no more");
                job.CancellationToken.ThrowIfCancellationRequested();
                return null;
            case 1:
                throw new UnrecoverableJobException("for good");
            case 2 when job.AttemptsMade == 0:
                throw new InvalidOperationException("once");
            default:
                return "done";
        }
    }
}
