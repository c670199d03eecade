using System.Runtime.CompilerServices;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class DisposalTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "CLS-12")]
    public void DisposedStore_EveryOperation_ThrowsObjectDisposed()
    {
        JobStore store = new();
        JobQueue queue = store.GetQueue("q");
        FlowProducer flows = new(store);
        Worker worker = new(store, "other", static _ => null);
        JobHandle job = queue.Add("job", new JobOptions { CustomId = "mine" });
        FlowJob flow = new("flow", "q");
        store.Dispose();
        store.Dispose();
        Action[] calls =
        [
            () => store.GetQueue("q"), () => store.GetQueue("new", new JobQueueOptions()), () => store.GetQueues(), () => store.TryGetJob(job.Id, out _), () => _ = store.Events, () => _ = store.NextDue,
            () => store.Pump(), () => store.Pump(1), () => store.Pump(TimeSpan.Zero), () => store.PumpUntil(job, TimeSpan.Zero), () => store.WaitUntilIdleAsync(TestToken),
            () => queue.Add("job"), () => queue.Add("job", 1), () => queue.AddDelayed("job", 1, TimeSpan.Zero), () => queue.PromoteJobs(), () => queue.Add(new JobRequest<int>("job", 1)), () => queue.TryAdd(new JobRequest<int>("job", 1), out _),
            () => queue.AddAsync("job", 1, null, TestToken), () => queue.AddBulk([new JobRequest<int>("job", 1)]), () => queue.RunAsync<int, int>("job", 1, null, TestToken),
            () => queue.GetJobCounts(), () => queue.GetJobs(JobState.Waiting), () => queue.TryGetJob(job.Id, out _), () => queue.TryGetJob("mine", out _), () => _ = queue.Events,
            queue.Pause, queue.Resume, () => _ = queue.IsPaused,
            () => queue.AddSchedule("s", new RepeatOptions { Cron = "* * * * *" }, "job", 1), () => queue.RemoveSchedule("s"), () => queue.TryGetSchedule("s", out _), () => queue.GetSchedules(),
            () => queue.Drain(), () => queue.Clean(JobState.Waiting, TimeSpan.Zero), () => queue.RetryJobs(), () => queue.Obliterate(),
            () => flows.Add(flow), () => flows.AddBulk([flow]), () => flows.TryAdd(flow, out _), () => flows.Start(flow),
            () => flows.AddAsync(flow, TestToken).AsTask().GetAwaiter().GetResult(), () => flows.RunAsync<int>(flow, TestToken),
            () => job.GetInfo(), () => job.TryGetInfo(out _), () => job.TryGetResult(out int _), () => _ = job.Children, () => job.Cancel(), () => job.Remove(), () => job.Retry(), () => job.ChangePriority(1), job.Promote, () => job.ChangeDelay(TimeSpan.FromSeconds(1)),
            () => job.WaitUntilFinishedAsync<int>(TestToken).GetAwaiter().GetResult(), () => job.WaitUntilFinishedAsync<int>(TimeSpan.FromSeconds(1), TestToken).GetAwaiter().GetResult(),
            () => worker.CancelJobs(), worker.Start, () => new Worker(store, "q", static _ => null).Dispose(),
        ];

        Assert.All(calls, static call => Assert.Throws<ObjectDisposedException>(call));
        Assert.Equal((JobState.None, true), (job.State, job.IsFinished)); // The one that never throws.
    }

    [Fact]
    [Trait("Behaviour", "CLS-12")]
    public void DisposedStore_ItsWorkersQueuesAndEventsHeldSince_ThrowObjectDisposed()
    {
        JobStore store = new();
        JobQueue queue = store.GetQueue("q");
        Worker worker = new(store, "q", static _ => null);
        JobEvents[] events = [store.Events, queue.Events, worker.Events];
        store.Dispose();
        Action[] calls =
        [
            worker.Pause, worker.Resume, () => worker.PauseAsync(TestToken).GetAwaiter().GetResult(), () => worker.Concurrency = 2, () => _ = worker.Events, queue.Close,
            .. events.SelectMany(static heard => new Action[]
            {
                () => heard.Subscribe(static _ => { }),
                () => heard.Subscribe(static _ => Task.CompletedTask),
                () => heard.ReadAllAsync(1, TestToken).GetAsyncEnumerator(TestToken).MoveNextAsync().AsTask().GetAwaiter().GetResult(),
            }),
        ];

        Assert.All(calls, static call => Assert.Throws<ObjectDisposedException>(call));
        Assert.False(worker.IsRunning);
    }

    [Fact]
    public async Task DisposeAsync_WhileTheFirstWaitsForAHandler_WaitsToo()
    {
        HeldHandler held = new();
        JobStore store = new();
        Worker worker = new(store, "q", held.RunAsync);
        List<JobState> ends = [];
        store.Events.Subscribe(occurrence => ends.Add(occurrence.State), JobEventType.Completed, JobEventType.Failed);
        store.GetQueue("q").Add("job");
        HeldRun run = await held.NextAsync();

        Task[] closing = [store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask(), worker.DisposeAsync().AsTask()];
        Assert.All(closing, static task => Assert.False(task.IsCompleted));
        Assert.False(run.Token.IsCancellationRequested);
        run.Return();
        await Task.WhenAll(closing).Within();

        Assert.Equal([JobState.Completed], ends);
        Assert.Throws<ObjectDisposedException>(() => store.Events);
    }

    /// <summary>Until the store is disposed a worker can be made.</summary>
    [Fact]
    public async Task DisposeAsync_WhileItWaitsForAHandler_ClosesAWorkerThatIsMadeMeanwhile()
    {
        HeldHandler held = new();
        JobStore store = new();
        _ = new Worker(store, "q", held.RunAsync);
        store.GetQueue("q").Add("job");
        HeldRun run = await held.NextAsync();
        Task closing = store.DisposeAsync().AsTask();
        Worker late = new(store, "late", static _ => null);

        run.Return();
        await closing.Within();

        Assert.False(late.IsRunning);
        Assert.Throws<ObjectDisposedException>(late.Start);
    }

    [Fact]
    [Trait("Behaviour", "CLS-14")]
    public async Task DisposedStore_StillHeld_HoldsNoJobPayloadResultOrHandler()
    {
        JobStore store = new();
        WeakReference[] references = await FillAndDisposeAsync(store);

        for (int i = 0; i < 50 && references.Any(static reference => reference.IsAlive); i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([false, false, false, false, false, false], references.Select(static reference => reference.IsAlive));
        GC.KeepAlive(store);
    }

    [Fact]
    public async Task DisposedStore_WithAHandlerThatNeverReturns_HoldsNothingOfIt()
    {
        CountingTime time = new();
        JobStore store = new(new JobStoreOptions { TimeProvider = time });
        WeakReference[] references = await HangAndDisposeAsync(store, time);

        for (int i = 0; i < 50 && references.Any(static reference => reference.IsAlive); i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([false, false, false], references.Select(static reference => reference.IsAlive));
        GC.KeepAlive(store);
        GC.KeepAlive(time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> HangAndDisposeAsync(JobStore store, CountingTime time)
    {
        object payload = new();
        object handlerState = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker worker = new(store, "q", async (_, _) =>
        {
            started.SetResult();
            await new TaskCompletionSource().Task;
            GC.KeepAlive(handlerState);
        });
        store.GetQueue("q").Add("job", payload, new JobOptions { Attempts = 2, Timeout = TimeSpan.FromHours(1) });
        await started.Task.Within();
        time.Advance(TimeSpan.FromHours(1));
        store.Dispose();
        time.Advance(TimeSpan.FromSeconds(1));
        await worker.CloseAsync(TestToken).Within();
        return [new(payload), new(handlerState), new(worker)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> FillAndDisposeAsync(JobStore store)
    {
        object ranPayload = new();
        object waitingPayload = new();
        object result = new();
        object handlerState = new();
        object subscriberState = new();
        JobOptions options = new() { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) };
        store.Events.Subscribe(_ => GC.KeepAlive(subscriberState));
        Worker worker = new(store, "q", async (job, _) =>
        {
            await Task.Yield();
            GC.KeepAlive(handlerState);
            return job.Name == "bad" ? throw new InvalidOperationException("bad") : result;
        }, new WorkerOptions { Concurrency = 2 });
        await store.GetQueue("q").Add("good", ranPayload).WaitUntilFinishedAsync(TestToken).Within();
        JobHandle delayed = store.GetQueue("q").Add("bad", ranPayload, options);
        Assert.True(SpinWait.SpinUntil(() => delayed.State == JobState.Delayed, TimeSpan.FromSeconds(30)));
        store.GetQueue("unserved").Add("waiting", waitingPayload);
        new FlowProducer(store).Add(new FlowJob("parent", "unserved", waitingPayload) { Children = [new FlowJob("child", "unserved", ranPayload)] });
        await worker.CloseAsync(TestToken).Within();
        await store.DisposeAsync().Within();
        return [new(ranPayload), new(waitingPayload), new(result), new(handlerState), new(subscriberState), new(options)];
    }
}
