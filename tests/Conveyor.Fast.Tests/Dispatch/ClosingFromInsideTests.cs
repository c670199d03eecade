using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class ClosingFromInsideTests
{
    private static readonly string[] s_whats = ["worker", "queue", "store", "store-async"];

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public static TheoryData<string, WorkerMode> Cases() =>
        [.. from what in s_whats from mode in (WorkerMode[])[WorkerMode.ThreadPool, WorkerMode.Dedicated, WorkerMode.Pumped] select (what, mode)];

    /// <summary>The clock stands still, so that no limit of a close can help out.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Behaviour", "CLS-16")]
    public async Task Close_FromInsideAHandlerOrASubscriber_DoesNotDeadlock(string what, WorkerMode mode)
    {
        foreach (JobEventType? place in (JobEventType?[])[null, JobEventType.Active, JobEventType.Completed])
        {
            using JobStore store = new(new JobStoreOptions { TimeProvider = new CountingTime() });
            Worker? worker = null;
            TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            async Task CloseAsync()
            {
                Task closing = what switch
                {
                    "worker" => worker!.CloseAsync(CancellationToken.None),
                    "store-async" => store.DisposeAsync().AsTask(),
                    _ => Task.CompletedTask,
                };
                if (what == "queue")
                {
                    store.GetQueue("q").Close();
                }
                else if (what == "store")
                {
                    store.Dispose();
                }

                await closing;
                closed.TrySetResult();
            }

            worker = new Worker(store, "q", async (_, _) =>
            {
                if (place is null)
                {
                    await CloseAsync();
                }
            }, new WorkerOptions { Mode = mode });
            if (place is { } type)
            {
                store.Events.Subscribe(_ => CloseAsync(), type);
            }

            store.GetQueue("q").Add("job");
            if (mode == WorkerMode.Pumped)
            {
                await Task.Run(() => store.Pump(), TestToken).Within();
                if (!closed.Task.IsCompleted && store.EngineOrNull is not null)
                {
                    await Task.Run(() => store.Pump(), TestToken).Within();
                }
            }

            await closed.Task.Within();
        }
    }

    /// <summary>The clock stands still: handlers that waited for each other would do so for ever.</summary>
    [Theory]
    [InlineData(WorkerMode.ThreadPool, false)]
    [InlineData(WorkerMode.Dedicated, false)]
    [InlineData(WorkerMode.ThreadPool, true)]
    [InlineData(WorkerMode.Dedicated, true)]
    public async Task CloseOrPause_FromSeveralHandlersOfAWorker_WaitsForNoneOfThem(WorkerMode mode, bool pause)
    {
        await using LiveStore test = new();
        Meeting inside = new(3);
        TaskCompletionSource outsider = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker? worker = null;
        worker = test.Work("q", async (job, token) =>
        {
            await inside.AttendAsync(job, token);
            if (job.GetData<int>() == 0)
            {
                await outsider.Task;
                return null;
            }

            await (pause ? worker!.PauseAsync(CancellationToken.None) : worker!.CloseAsync(CancellationToken.None));
            return null;
        }, concurrency: 3, mode: mode);
        JobHandle[] jobs = [.. Enumerable.Range(0, 3).Select(i => test.Queue("q").Add("job", i))];
        Assert.True(SpinWait.SpinUntil(() => !worker.IsRunning, TimeSpan.FromSeconds(30)));
        Assert.DoesNotContain(jobs, static job => job.IsFinished);

        outsider.SetResult();

        foreach (JobHandle job in jobs)
        {
            await job.WaitUntilFinishedAsync(TestToken).Within();
        }
    }

    /// <summary>The clock stands still: a close that waited for the handler that waits for it would do so for ever.</summary>
    [Fact]
    public async Task Close_FromInsideAHandlerThatThenGivesUpAPause_DoesNotWaitForIt()
    {
        await using LiveStore test = new();
        TaskCompletionSource hasGivenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HeldHandler other = new();
        Worker? worker = null;
        worker = test.Work("q", async (job, token) =>
        {
            if (job.Name == "other")
            {
                return await other.RunAsync(job, token);
            }

            Task closing = worker!.CloseAsync(CancellationToken.None);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.PauseAsync(new CancellationToken(canceled: true)));
            hasGivenUp.SetResult();
            await closing;
            return null;
        }, concurrency: 2);
        test.Queue("q").Add("other");
        HeldRun run = await other.NextAsync();
        JobHandle closer = test.Queue("q").Add("closer");
        await hasGivenUp.Task.Within();

        run.Return();

        await closer.WaitUntilFinishedAsync(TestToken).Within();
    }

    [Fact]
    public async Task Close_WhileAHandlerWaitsForAPause_WaitsForThatHandlerToo()
    {
        await using LiveStore test = new();
        TaskCompletionSource isPaused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HeldHandler other = new();
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker? worker = null;
        worker = test.Work("q", async (job, token) =>
        {
            if (job.Name == "other")
            {
                return await other.RunAsync(job, token);
            }

            await worker!.PauseAsync(CancellationToken.None);
            isPaused.SetResult();
            await end.Task;
            return null;
        }, concurrency: 2);
        test.Queue("q").Add("other");
        HeldRun run = await other.NextAsync();
        JobHandle pauser = test.Queue("q").Add("pauser");
        Assert.True(SpinWait.SpinUntil(() => worker.IsPaused, TimeSpan.FromSeconds(30)));
        Task closing = worker.CloseAsync(Timeout.InfiniteTimeSpan);

        run.Return();
        await isPaused.Task.Within();

        bool isEarly = SpinWait.SpinUntil(() => closing.IsCompleted, TimeSpan.FromMilliseconds(200));
        end.SetResult();
        Assert.False(isEarly, "the close has not waited for a handler that runs");
        await closing.Within();
        Assert.Equal(JobState.Completed, pauser.State);
    }
}
