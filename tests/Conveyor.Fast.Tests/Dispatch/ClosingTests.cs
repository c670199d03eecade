using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class ClosingTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CLS-01")]
    [Trait("Behaviour", "CLS-02")]
    [Trait("Behaviour", "CLS-03")]
    public async Task Close_WithRunningJobs_WaitsForTheirEndsAndStartsNoOther(WorkerMode mode)
    {
        await using LiveStore test = new();
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SemaphoreSlim started = new(0);
        int starts = 0;
        Worker worker = test.Work("q", async (job, _) =>
        {
            Interlocked.Increment(ref starts);
            started.Release();
            await end.Task;
            return job.Name == "bad" ? throw new InvalidOperationException("bad") : "value";
        }, concurrency: 2, mode: mode);
        JobHandle good = test.Queue("q").Add("good");
        JobHandle bad = test.Queue("q").Add("bad");
        await started.WaitAsync(TestToken).Within();
        await started.WaitAsync(TestToken).Within();
        JobHandle before = test.Queue("q").Add("before");

        Task closing = worker.CloseAsync(TestToken);
        JobHandle after = test.Queue("q").Add("after");
        Assert.False(worker.IsRunning);
        Assert.False(closing.IsCompleted);
        Assert.Equal((JobState.Active, JobState.Active), (good.State, bad.State));

        end.SetResult();
        await closing.Within();

        Assert.Equal((JobState.Completed, "value"), (good.State, good.GetInfo().Value));
        Assert.Equal((JobState.Failed, "bad"), (bad.State, bad.GetInfo().Reason));
        Assert.Equal((JobState.Waiting, JobState.Waiting, 2), (before.State, after.State, starts));
    }

    [Fact]
    [Trait("Behaviour", "CLS-06")]
    public async Task Close_WithRunningJobs_DeliversTheEventsOfTheirEnds()
    {
        await using LiveStore test = new();
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SemaphoreSlim started = new(0);
        Worker worker = test.Work("q", async (job, _) =>
        {
            started.Release();
            await end.Task;
            return job.Name == "bad" ? throw new InvalidOperationException("bad") : null;
        }, concurrency: 2);
        List<string> heard = [];
        foreach (JobEvents events in (JobEvents[])[test.Store.Events, test.Queue("q").Events, worker.Events])
        {
            events.Subscribe(
                occurrence =>
                {
                    lock (heard)
                    {
                        heard.Add($"{occurrence.JobName} {occurrence.Type}");
                    }
                },
                JobEventType.Completed, JobEventType.Failed);
        }

        test.Queue("q").Add("good");
        test.Queue("q").Add("bad");
        await started.WaitAsync(TestToken).Within();
        await started.WaitAsync(TestToken).Within();

        Task closing = worker.CloseAsync(TestToken);
        end.SetResult();
        await closing.Within();

        Assert.Equal(["bad Failed", "bad Failed", "bad Failed", "good Completed", "good Completed", "good Completed"], heard.Order());
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CLS-07")]
    public async Task Close_OfWorkerAndStore_LeavesNoTimerAndNoLoop(WorkerMode mode)
    {
        CountingTime time = new();
        JobStore store = new(new JobStoreOptions { TimeProvider = time });
        Thread? thread = null;
        Worker worker = new(store, "q", job =>
        {
            thread = Thread.CurrentThread;
            return job.Name == "bad" ? throw new InvalidOperationException("later") : null;
        }, new WorkerOptions { Mode = mode, Concurrency = 2 });
        await store.GetQueue("q").Add("job").WaitUntilFinishedAsync(TestToken).Within();
        JobHandle delayed = store.GetQueue("q").Add("bad", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        Assert.True(SpinWait.SpinUntil(() => delayed.State == JobState.Delayed, TimeSpan.FromSeconds(30)));

        await worker.CloseAsync(TestToken).Within();
        store.Dispose();
        await Task.Yield();

        Assert.True(SpinWait.SpinUntil(() => time.LiveTimers == 0, TimeSpan.FromSeconds(30)), $"{time.LiveTimers} timers are left");
        Assert.True(SpinWait.SpinUntil(() => !worker.Core.Queue.Ready.Parked.Any, TimeSpan.FromSeconds(30)), "a loop still lies in the lot");
        if (mode == WorkerMode.Dedicated)
        {
            Assert.True(thread!.Join(TimeSpan.FromSeconds(30)), "the loop's thread goes on");
        }
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [InlineData(WorkerMode.Pumped)]
    [Trait("Behaviour", "CLS-08")]
    public async Task Close_OfAWorkerThatIsIdleOrPausedOrOfAPausedQueue_IsImmediate(WorkerMode mode)
    {
        using PumpedStore test = new();
        using Worker idle = new(test.Store, "idle", static _ => null, new WorkerOptions { Mode = mode });
        using Worker paused = new(test.Store, "paused", static _ => null, new WorkerOptions { Mode = mode });
        using Worker unstarted = new(test.Store, "unstarted", static _ => null, new WorkerOptions { Mode = mode, AutoStart = false });
        using Worker held = new(test.Store, "held", static _ => null, new WorkerOptions { Mode = mode });
        paused.Pause();
        test.Queue("held").Pause();
        JobHandle[] waiting = [test.Queue("paused").Add("job"), test.Queue("held").Add("job")];

        // The clock is never advanced, so no time limit can have ended these.
        await Task.WhenAll(idle.CloseAsync(TestToken), paused.CloseAsync(TestToken), held.CloseAsync(TestToken), unstarted.CloseAsync(TestToken)).Within();
        Assert.All(waiting, static job => Assert.Equal(JobState.Waiting, job.State));
    }

    [Fact]
    [Trait("Behaviour", "CLS-10")]
    public async Task DisposeAsync_OfWorkerAndStore_ClosesThemAndTheQueues()
    {
        JobStore store = new();
        JobQueue queue = store.GetQueue("q");
        SemaphoreSlim started = new(0);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> completed = [];
        store.Events.Subscribe(occurrence => completed.Add(occurrence.JobName), JobEventType.Completed);
        async ValueTask<object?> WaitAsync(Job job, CancellationToken cancellationToken)
        {
            started.Release();
            await end.Task;
            return null;
        }

        Worker first = new(store, "first", WaitAsync);
        Worker second = new(store, "q", WaitAsync);
        store.GetQueue("first").Add("of-the-first");
        await started.WaitAsync(TestToken).Within();
        Task firstClosing = first.DisposeAsync().AsTask();
        Assert.False(firstClosing.IsCompleted);
        Assert.True(second.IsRunning);
        queue.Add("of-the-second");
        await started.WaitAsync(TestToken).Within();

        Task closing = store.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted || second.IsRunning);
        end.SetResult();
        await firstClosing.Within();
        await closing.Within();

        Assert.Equal(["of-the-first", "of-the-second"], completed.Order());
        Assert.Throws<ObjectDisposedException>(() => queue.Add("late"));
        Assert.Throws<ObjectDisposedException>(() => store.GetQueue("q"));
        Assert.Throws<ObjectDisposedException>(second.Start);
    }

    [Fact]
    [Trait("Behaviour", "CLS-13")]
    public void Close_OfAQueue_DropsItsListenersAndNeitherWorkersNorJobs()
    {
        using PumpedStore test = new();
        List<string> heard = [];
        JobQueue queue = test.Queue("q");
        Worker worker = test.Work("q");
        queue.Events.Subscribe(occurrence => heard.Add("queue"), JobEventType.Completed);
        test.Store.Events.Subscribe(occurrence => heard.Add("store"), JobEventType.Completed);
        JobHandle job = queue.Add("job");
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] }).Job;

        queue.Close();
        Assert.Throws<ObjectDisposedException>(() => queue.Add("late"));
        Assert.Throws<ObjectDisposedException>(() => queue.GetJobCounts());
        Assert.True(worker.IsRunning);
        test.Pump();

        Assert.Equal((JobState.Completed, JobState.Completed), (job.State, parent.State));
        Assert.Equal(["store", "store", "store"], heard);
        Assert.Same(queue, test.Queue("q"));
        Assert.Equal(3, queue.GetJobCounts().Completed);
    }

    [Fact]
    [Trait("Behaviour", "CLS-13")]
    public void Queue_AskedForByAHandlerAfterItsClose_StaysClosed()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobQueue? seen = null;
        test.Work("q", job => seen = job.Queue);
        queue.Add("job");
        queue.Close();

        test.Pump();

        Assert.Same(queue, seen);
        Assert.Throws<ObjectDisposedException>(() => queue.Add("late"));
    }

    [Fact]
    [Trait("Behaviour", "CLS-11")]
    public void ClosedQueue_RefusesEveryCall()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle job = queue.Add("job", new JobOptions { CustomId = "mine" });
        queue.Close();
        Action[] calls =
        [
            () => queue.Add("job"), () => queue.Add("job", 1), () => queue.Add(new JobRequest<int>("job", 1)), () => queue.TryAdd(new JobRequest<int>("job", 1), out _),
            () => queue.AddAsync("job", 1, null, TestToken), () => queue.AddBulk([new JobRequest<int>("job", 1)]), () => queue.RunAsync<int, int>("job", 1, null, TestToken),
            () => queue.GetJobCounts(), () => queue.GetJobs(JobState.Waiting), () => queue.TryGetJob(job.Id, out _), () => queue.TryGetJob("mine", out _), () => _ = queue.Events,
            () => queue.AddDelayed("job", 1, TimeSpan.Zero), () => queue.PromoteJobs(), queue.Pause, queue.Resume, () => _ = queue.IsPaused,
            () => queue.AddSchedule("s", new RepeatOptions { Cron = "* * * * *" }, "job", 1), () => queue.RemoveSchedule("s"), () => queue.TryGetSchedule("s", out _), () => queue.GetSchedules(),
            () => queue.Drain(), () => queue.Clean(JobState.Waiting, TimeSpan.Zero), () => queue.RetryJobs(), () => queue.Obliterate(),
        ];

        Assert.All(calls, static call => Assert.Throws<ObjectDisposedException>(call));
        queue.Close();
        Assert.Equal(1, test.Queue("q").GetJobCounts().Total);
    }

    [Fact]
    [Trait("Behaviour", "CLS-15")]
    public void Start_AfterClose_ThrowsAndNeverProcesses()
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q");
        Worker unstarted = new(test.Store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped, AutoStart = false });
        worker.Dispose();
        unstarted.Dispose();
        JobHandle job = test.Queue("q").Add("job");

        Assert.Throws<ObjectDisposedException>(worker.Start);
        Assert.Throws<ObjectDisposedException>(unstarted.Start);
        worker.Resume();
        Assert.False(worker.IsRunning || unstarted.IsRunning);
        Assert.Equal(0, test.Pump().JobsRun);
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CLS-17")]
    public async Task Close_WithLimitZero_FiresTheTokensOfRunningJobsAtOnce(WorkerMode mode)
    {
        await using LiveStore test = new();
        SemaphoreSlim started = new(0);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int fired = 0;
        Worker worker = test.Work("q", async (_, cancellationToken) =>
        {
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Interlocked.Increment(ref fired), null);
            started.Release();
            await end.Task;
            return "in the last moment";
        }, concurrency: 2, mode: mode);
        JobHandle[] jobs = [test.Queue("q").Add("first"), test.Queue("q").Add("second")];
        await started.WaitAsync(TestToken).Within();
        await started.WaitAsync(TestToken).Within();

        Task closing = worker.CloseAsync(TimeSpan.Zero);

        Assert.Equal(2, fired);
        Assert.False(closing.IsCompleted);
        end.SetResult();
        await closing.Within();
        Assert.All(jobs, static job => Assert.Equal("in the last moment", job.GetInfo().Value));
    }

    [Fact]
    public async Task Close_BeforeASynchronousHandlerAsksForItsToken_FiresItAllTheSame()
    {
        await using LiveStore test = new();
        using ManualResetEventSlim closed = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool fired = false;
        Worker worker = new(test.Store, "q", job =>
        {
            started.SetResult();
            closed.Pass();
            fired = job.CancellationToken.IsCancellationRequested;
            return null;
        });
        JobHandle job = test.Queue("q").Add("job");
        await started.Task.Within();

        Task closing = worker.CloseAsync(TimeSpan.Zero);
        closed.Set();
        await closing.Within();

        Assert.True(fired);
        Assert.Equal(JobState.Completed, job.State);
    }
}
