using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Jobs;

public class WaitTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "WUF-01")]
    public async Task Wait_ForACompletedJob_GivesItsValue()
    {
        using PumpedStore test = new();
        int[] thing = [1, 2];
        test.Work("q", job => job.Name switch { "object" => thing, "text" => "text", _ => 42 });
        Task<int[]> thingWait = test.Queue("q").Add("object").WaitUntilFinishedAsync<int[]>(TestToken).AsTask();
        Task<string> textWait = test.Queue("q").Add("text").WaitUntilFinishedAsync<string>(TestToken).AsTask();
        Task<int> numberWait = test.Queue("q").Add("number").WaitUntilFinishedAsync<int>(TestToken).AsTask();
        Assert.False(thingWait.IsCompleted || textWait.IsCompleted || numberWait.IsCompleted);

        test.Pump();

        Assert.Same(thing, await thingWait.Within());
        Assert.Equal("text", await textWait.Within());
        Assert.Equal(42, await numberWait.Within());
    }

    [Fact]
    [Trait("Behaviour", "WUF-02")]
    [Trait("Behaviour", "WUF-14")]
    public async Task Wait_ForAFailedJob_FailsWithReasonAndTheOriginalException()
    {
        using PumpedStore test = new();
        InvalidOperationException? thrown = null;
        test.Work("q", _ =>
        {
            thrown = new InvalidOperationException("bad luck");
            throw thrown;
        });
        JobHandle job = test.Queue("q").Add("job");
        Task before = job.WaitUntilFinishedAsync(TestToken).AsTask();

        test.Pump();

        foreach (Task wait in (Task[])[before, job.WaitUntilFinishedAsync(TestToken).AsTask()])
        {
            JobFailedException failed = await Assert.ThrowsAsync<JobFailedException>(() => wait.Within());
            Assert.Equal((job.Id, "job", "q", "bad luck"), (failed.Id, failed.JobName, failed.QueueName, failed.Reason));
            Assert.Contains("bad luck", failed.Message);
            Assert.Same(thrown, failed.InnerException);
            Assert.Contains(nameof(Wait_ForAFailedJob_FailsWithReasonAndTheOriginalException), failed.InnerException!.StackTrace);
        }
    }

    [Fact]
    [Trait("Behaviour", "WUF-03")]
    public async Task Wait_ForAJobThatHasEnded_SettlesAtOnce()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : 7);
        JobHandle good = test.Queue("q").Add("good");
        JobHandle bad = test.Queue("q").Add("bad");
        test.Pump();

        ValueTask<int> value = good.WaitUntilFinishedAsync<int>(TestToken);
        Assert.True(value.IsCompletedSuccessfully);
        Assert.Equal(7, await value.Within());
        Assert.True(bad.WaitUntilFinishedAsync<int>(TestToken).IsFaulted);
    }

    [Fact]
    [Trait("Behaviour", "WUF-04")]
    [Trait("Behaviour", "WUF-12")]
    public async Task Wait_OverItsTimeLimit_SaysSoLeavesNothingAndTheJobGoesOn()
    {
        CountingTime time = new();
        await using LiveStore test = new(time: time);
        JobHandle job = test.Queue("q").Add("job");
        Task late = job.WaitUntilFinishedAsync<int>(TimeSpan.FromSeconds(5), TestToken).AsTask();
        using CancellationTokenSource giveUp = new();
        Task canceled = job.WaitUntilFinishedAsync<int>(TimeSpan.FromHours(1), giveUp.Token).AsTask();
        Assert.Equal(2, time.LiveTimers);

        time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(late.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => late.Within());
        Assert.Contains("00:00:05", error.Message);
        Assert.Contains(job.Id.ToString(), error.Message);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.Within());
        Assert.Equal(JobState.Waiting, job.State);
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
        await Task.Yield(); // Off the thread that settled the wait and lets go of its timer next.
        Assert.True(SpinWait.SpinUntil(() => time.LiveTimers == 0, TimeSpan.FromSeconds(30)));

        Task<int> inTime = job.WaitUntilFinishedAsync<int>(TimeSpan.FromHours(1), TestToken).AsTask();
        Worker worker = test.Work("q", static (_, _) => new ValueTask<object?>(3));
        Assert.Equal(3, await inTime.Within());
        await worker.CloseAsync(TestToken).Within();
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
        await Task.Yield(); // Off the thread that settled the wait and lets go of its timer next.
        Assert.True(SpinWait.SpinUntil(() => time.LiveTimers <= 1, TimeSpan.FromSeconds(30)), "more timers are left than the store's own");
    }

    [Fact]
    [Trait("Behaviour", "WUF-05")]
    public async Task Wait_ForACanceledJob_FailsSayingSo()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").Add("job");
        Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();

        Assert.True(job.Cancel("not needed"));

        JobCanceledException canceled = await Assert.ThrowsAsync<JobCanceledException>(() => wait.Within());
        Assert.Equal((job.Id, "not needed"), (canceled.Id, canceled.Reason));
        Assert.Contains("canceled", canceled.Message);
    }

    [Fact]
    [Trait("Behaviour", "WUF-07")]
    public async Task Wait_ForAJobAlreadyGone_SettlesWithAnError()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = test.Queue("q").Add("job", new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce });
        test.Pump();

        JobNotFoundException gone = await Assert.ThrowsAsync<JobNotFoundException>(() => job.WaitUntilFinishedAsync(TestToken).Within());
        Assert.Equal(job.Id, gone.Id);
        await Assert.ThrowsAsync<JobNotFoundException>(static () => default(JobHandle).WaitUntilFinishedAsync<int>(TestToken).Within());
    }

    /// <summary>Who collects waits finds each in its task, also the one that could not begin.</summary>
    [Fact]
    [Trait("Behaviour", "WUF-07")]
    [Trait("Behaviour", "WUF-16")]
    public void Wait_ThatCanNotBegin_FailsByItsTask()
    {
        JobStore store = new();
        JobHandle job = store.GetQueue("q").Add("job");
        store.Dispose();

        Assert.All(WaitsFor(default), static wait => Assert.IsType<JobNotFoundException>(wait.Exception?.InnerException));
        Assert.All(WaitsFor(job), static wait => Assert.IsType<ObjectDisposedException>(wait.Exception?.InnerException));

        static Task[] WaitsFor(JobHandle job) =>
        [
            job.WaitUntilFinishedAsync(TestToken).AsTask(), job.WaitUntilFinishedAsync(TimeSpan.FromHours(1), TestToken).AsTask(),
            job.WaitUntilFinishedAsync<int>(TestToken).AsTask(), job.WaitUntilFinishedAsync<int>(TimeSpan.FromHours(1), TestToken).AsTask(),
        ];
    }

    /// <summary>By hand and with its parent; with its queue: see ObliterateTests.</summary>
    [Fact]
    public async Task Wait_ForAJobRemovedMeanwhile_EndsWithAnError()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").Add("job");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        Task[] waits =
        [
            job.WaitUntilFinishedAsync(TestToken).AsTask(),
            flow.Job.WaitUntilFinishedAsync(TestToken).AsTask(),
            flow.Children[0].Job.WaitUntilFinishedAsync(TestToken).AsTask(),
        ];

        job.Remove();
        flow.Job.Remove();

        foreach (Task wait in waits)
        {
            await Assert.ThrowsAsync<JobNotFoundException>(() => wait.Within());
        }
    }

    [Fact]
    [Trait("Behaviour", "WUF-09")]
    public async Task Wait_StartedBeforeARemovalAtTheEnd_GetsTheResult()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : "value");
        JobOptions removed = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };
        JobHandle job = test.Queue("q").Add("good", removed);
        Task<string> wait = job.WaitUntilFinishedAsync<string>(TestToken).AsTask();
        Task<string> run = test.Queue("q").RunAsync<int, string>("also-good", 1, removed, TestToken).AsTask();
        Task bad = test.Queue("q").Add("bad", removed).WaitUntilFinishedAsync(TestToken).AsTask();

        test.Pump();

        Assert.Equal("value", await wait.Within());
        Assert.Equal("value", await run.Within());
        await Assert.ThrowsAsync<JobFailedException>(() => bad.Within());
        Assert.Equal(JobState.None, job.State);
    }

    [Fact]
    [Trait("Behaviour", "WUF-10")]
    public async Task Wait_ThroughAHandleFromBeforeARetry_AnswersByTheCurrentState()
    {
        using PumpedStore test = new();
        bool fails = true;
        test.Work("q", _ => fails ? throw new InvalidOperationException("bad") : "second life");
        JobHandle failed = test.Queue("q").Add("failed");
        test.Pump();
        fails = false;
        JobHandle completed = test.Queue("q").Add("completed");
        test.Pump();
        Assert.Equal((JobState.Failed, JobState.Completed), (failed.State, completed.State));

        failed.Retry();
        completed.Retry(includeCompleted: true);
        Task<string> first = failed.WaitUntilFinishedAsync<string>(TestToken).AsTask();
        Task<string> second = completed.WaitUntilFinishedAsync<string>(TestToken).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);
        test.Pump();

        Assert.Equal("second life", await first.Within());
        Assert.Equal("second life", await second.Within());
    }

    [Fact]
    [Trait("Behaviour", "WUF-11")]
    public async Task Wait_ByManyForOneJob_AllSettle()
    {
        await using LiveStore test = new();
        JobHandle job = test.Queue("q").Add("job");
        Task<int>[] before = [.. Enumerable.Range(0, 500).Select(_ => job.WaitUntilFinishedAsync<int>(TestToken).AsTask())];
        Task<int>[] during = [.. Enumerable.Range(0, 500).Select(_ => Task.Run(() => job.WaitUntilFinishedAsync<int>(TestToken).AsTask(), TestToken))];
        test.Work("q", static (_, _) => new ValueTask<object?>(9));

        Assert.All(await Task.WhenAll([.. before, .. during]).Within(), static value => Assert.Equal(9, value));
    }

    [Fact]
    [Trait("Behaviour", "WUF-13")]
    public async Task Wait_WithTimeLimitZero_AnswersAtOnce()
    {
        CountingTime time = new();
        await using LiveStore test = new(time: time);
        JobHandle job = test.Queue("q").Add("job");

        ValueTask<int> open = job.WaitUntilFinishedAsync<int>(TimeSpan.Zero, TestToken);
        Assert.True(open.IsFaulted);
        await Assert.ThrowsAsync<TimeoutException>(() => open.Within());

        test.Work("q", static (_, _) => new ValueTask<object?>(5));
        await job.WaitUntilFinishedAsync(TestToken).Within();
        ValueTask<int> ended = job.WaitUntilFinishedAsync<int>(TimeSpan.Zero, TestToken);
        Assert.True(ended.IsCompletedSuccessfully);
        Assert.Equal(5, await ended.Within());
    }

    [Fact]
    [Trait("Behaviour", "WUF-15")]
    public async Task Wait_ForAFlowsRootOrADelayedJob_Works()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "slow" && job.AttemptsMade == 0 ? throw new InvalidOperationException("later") : job.Name);
        JobHandle delayed = test.Queue("q").Add("slow", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        test.Pump();
        Assert.Equal(JobState.Delayed, delayed.State);
        Task<string> slow = delayed.WaitUntilFinishedAsync<string>(TestToken).AsTask();
        Task<string> root = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("child", "q")] }).Job.WaitUntilFinishedAsync<string>(TestToken).AsTask();

        test.Pump();
        Assert.Equal("root", await root.Within());
        Assert.False(slow.IsCompleted);

        test.Time.Advance(TimeSpan.FromHours(1));
        test.Pump();
        Assert.Equal("slow", await slow.Within());
    }

    [Fact]
    [Trait("Behaviour", "WUF-16")]
    public async Task Wait_WhenTheQueueIsClosedAndTheStoreDisposed_EndsOnlyWithTheStore()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = test.Queue("q").Add("job");
        Task afterClose = job.WaitUntilFinishedAsync(TestToken).AsTask();
        test.Queue("q").Close();
        Assert.False(afterClose.IsCompleted);
        test.Pump();
        await afterClose.Within();

        JobStore store = new();
        JobHandle never = store.GetQueue("q").Add("never");
        Task wait = never.WaitUntilFinishedAsync(TestToken).AsTask();
        Task limited = never.WaitUntilFinishedAsync(TimeSpan.FromHours(1), TestToken).AsTask();
        Task run = store.GetQueue("q").RunAsync<int, int>("never", 1, null, TestToken).AsTask();
        Task idle = store.WaitUntilIdleAsync(TestToken).AsTask();
        store.Dispose();
        foreach (Task ended in (Task[])[wait, limited, run, idle])
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => ended.Within());
        }
    }

    [Fact]
    public async Task Run_WhoseTokenFiresAfterTheStoreIsDisposed_ThrowsNothingAtWhoFiresIt()
    {
        for (int trial = 0; trial < 50; trial++)
        {
            JobStore store = new();
            using CancellationTokenSource source = new();
            Task run = store.GetQueue("q").RunAsync<int, int>("never", 1, null, source.Token).AsTask();
            store.Dispose();
            Fire(source); // At once, before the wait's end has come to who awaits it.
            await Assert.ThrowsAsync<ObjectDisposedException>(() => run.Within());
        }

        static void Fire(CancellationTokenSource source) => source.Cancel();
    }

    [Fact]
    public async Task Wait_AskedForAfterARetryThatCameBeforeTheEndWasTold_IsForTheNewLife()
    {
        using PumpedStore test = new();
        int runs = 0;
        Task<int>? second = null;
        test.Work("q", _ => ++runs);
        JobHandle job = test.Queue("q").Add("job");
        Task<int> first = job.WaitUntilFinishedAsync<int>(TestToken).AsTask();
        using IDisposable subscription = test.Store.Events.Subscribe(_ =>
        {
            if (second is null)
            {
                job.Retry(includeCompleted: true);
                second = job.WaitUntilFinishedAsync<int>(TestToken).AsTask();
            }
        }, JobEventType.Completed);

        test.Pump();

        Assert.Equal(1, await first.Within());
        Assert.Equal(2, await second!.Within());
    }
}
