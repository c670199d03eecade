using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Jobs whose worker was closed and did not wait for them any longer.</summary>
public class StallTests
{
    [Fact]
    [Trait("Behaviour", "STL-03")]
    [Trait("Behaviour", "STL-09")]
    public async Task StalledJob_WithinItsBudget_RunsAgainAndTheFirstRunIsDropped()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker closed = test.Work("q", held);
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(heard.Add);
        JobHandle job = test.Queue("q").Add("job");
        Task<object> wait = job.WaitUntilFinishedAsync<object>(TestContext.Current.CancellationToken).AsTask();
        test.Pump();
        HeldRun first = held.Next();
        await test.StallAsync(closed);

        Assert.True(first.Token.IsCancellationRequested);
        Assert.Equal((JobState.Waiting, 1, 0), (job.State, job.GetInfo().StalledCount, job.GetInfo().AttemptsMade));
        Assert.Equal([JobEventType.Stalled, JobEventType.Waiting], heard[^2..].Select(static occurrence => occurrence.Type));
        Assert.All(heard[^2..], occurrence => Assert.Equal((job, JobState.Active, JobState.Waiting), (occurrence.Job, occurrence.PreviousState, occurrence.State)));
        Assert.IsType<JobStalledException>(heard[^2].Error);

        test.Work("q", held);
        test.Pump();
        HeldRun second = held.Next();
        Assert.Equal(0, second.Job.AttemptsMade);
        Assert.False(second.Token.IsCancellationRequested);
        heard.Clear();
        first.Return("first");
        test.Pump();
        Assert.Equal((JobState.Active, false), (job.State, wait.IsCompleted));
        JobEvent late = Assert.Single(heard);
        Assert.Equal((JobEventType.Error, job), (late.Type, late.Job));
        Assert.Contains($"'job' ({job.Id})", late.Error!.Message);

        second.Return("second");
        test.Pump();
        Assert.Equal((JobState.Completed, 1), (job.State, job.GetInfo().AttemptsMade));
        Assert.Equal("second", await wait.Within());
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [Trait("Behaviour", "STL-04")]
    [Trait("Behaviour", "STL-05")]
    public async Task Stalls_OverTheirBudget_FailTheJobWhateverAttemptsItHas(int? maxStalls, int allowed)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        using HeardEvents heard = new(test.Store.Events, JobEventType.Stalled, JobEventType.Retrying, JobEventType.RetriesExhausted, JobEventType.Failed);
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "unserved")
        {
            Children = [new FlowJob("child", "q") { Options = new JobOptions { MaxStalls = maxStalls, Attempts = 2 } }],
        }).Job;
        JobHandle child = parent.Children[0].Job;
        for (int stall = 1; stall <= allowed + 1; stall++)
        {
            Assert.Equal(JobState.WaitingChildren, parent.State);
            Worker worker = test.Work("q", held);
            test.Pump();
            held.Next();
            await test.StallAsync(worker);
            Assert.Equal(stall <= allowed ? JobState.Waiting : JobState.Failed, child.State);
        }

        JobInfo info = child.GetInfo();
        Assert.Equal(allowed + 1, Assert.IsType<JobStalledException>(info.Error).Stalls);
        Assert.Contains("stalled", info.Reason);
        Assert.Equal(0, info.AttemptsMade); // None of its runs has ended.
        Assert.Equal((JobState.Failed, info.Error), (parent.State, parent.GetInfo().Error));
        Assert.Equal([.. Enumerable.Repeat("child: Stalled", allowed), "child: Active to Failed", "parent: WaitingChildren to Failed"], heard);
    }

    /// <summary>The value is there, but its loop comes back with the next pump only, and there is none before the close.</summary>
    [Fact]
    [Trait("Behaviour", "STL-03")]
    public async Task Stall_OfARunWhoseValueWaitsForThePump_SendsTheJobBack()
    {
        using PumpedStore test = new();
        TaskCompletionSource<int> end = new();
        Worker<int, int> closed = new(test.Store, "q", async (_, _, _) => await end.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle job = test.Queue("q").Add("job", 1);
        test.Pump();
        end.SetResult(1);
        Assert.Equal(1, test.Store.Pump(0).JobsSuspended);

        await test.StallAsync(closed);

        Assert.Equal((JobState.Waiting, 1), (job.State, job.GetInfo().StalledCount));
        test.Work("q", static _ => 2);
        test.Pump();
        Assert.Equal((JobState.Completed, 2), (job.State, job.GetInfo().Value));
    }

    /// <summary>The close looks at the run while its handler has thrown and what is to become of it is not decided.</summary>
    [Fact]
    [Trait("Behaviour", "STL-03")]
    public async Task Stall_OfARunThatIsAboutToAskItsBackoff_SendsTheJobBack()
    {
        CallingTime time = new();
        using JobStore store = new(new JobStoreOptions { TimeProvider = time });
        Worker? worker = null;
        Task closing = Task.CompletedTask;
        bool isAsked = false;
        JobHandle job = store.GetQueue("q").Add("job", new JobOptions
        {
            Attempts = 2,
            Backoff = Backoff.Custom(async _ =>
            {
                isAsked = true;
                await new TaskCompletionSource().Task;
                return TimeSpan.Zero;
            }),
        });
        worker = new Worker(
            store,
            "q",
            _ =>
            {
                time.Next = () =>
                {
                    Thread closer = new(() =>
                    {
                        closing = worker!.CloseAsync(TimeSpan.Zero);
                        time.Advance(TimeSpan.FromSeconds(1));
                    });
                    closer.UnsafeStart(); // Not from inside the handler, as it would be with its context.
                    closer.Join();
                };
                throw new InvalidOperationException("boom");
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });

        store.Pump();

        await closing.Within();
        Assert.Equal((JobState.Waiting, 1, false), (job.State, job.GetInfo().StalledCount, isAsked));
    }

    [Fact]
    public async Task Stall_OfALastAttempt_DoesNotExhaustTheRetries()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        using HeardEvents heard = new(test.Store.Events, JobEventType.Retrying, JobEventType.RetriesExhausted, JobEventType.Failed);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { MaxStalls = 0, Attempts = 2 });
        test.Pump();
        held.Next().Throw(new InvalidOperationException("again"));
        test.Pump();
        held.Next();
        await test.StallAsync(worker);

        Assert.Equal((JobState.Failed, 1), (job.State, job.GetInfo().AttemptsMade));
        Assert.Equal(["job: Retrying", "job: Active to Failed"], heard);
    }

    [Fact]
    [Trait("Behaviour", "STL-12")]
    public async Task StalledOutJob_WithRemoveOnFail_IsKeptByThatBound()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobOptions Kept(Retention retention) => new() { MaxStalls = 0, RemoveOnFail = retention };
        JobOptions[] options = [Kept(Retention.RemoveAtOnce), Kept(Retention.KeepLast(1)), Kept(Retention.KeepLast(3)), Kept(Retention.KeepAll), Kept(Retention.KeepFor(TimeSpan.FromHours(1)))];
        JobHandle[] jobs = [.. options.Select((kept, i) => test.Queue("q").Add($"job-{i}", kept))];
        HeldRun[] runs = new HeldRun[jobs.Length];
        for (int i = 0; i < jobs.Length; i++)
        {
            Worker worker = test.Work("q", held);
            test.Store.Pump(1);
            runs[i] = held.Next();
            await test.StallAsync(worker);
        }

        JobState[] expected = [JobState.None, JobState.None, JobState.Failed, JobState.Failed, JobState.Failed];
        Assert.Equal(expected, jobs.Select(static job => job.State));
        test.PumpAfter(TimeSpan.FromHours(1));
        expected[^1] = JobState.None;
        Assert.Equal(expected, jobs.Select(static job => job.State));
        IntegrityChecker.Check(test.Store); // The handlers of what was removed still pin it.
        Assert.All(runs, static run => run.Return());
        test.Pump();
        Assert.Equal(expected, jobs.Select(static job => job.State));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool, false)]
    [InlineData(WorkerMode.Dedicated, false)]
    [InlineData(WorkerMode.ThreadPool, true)]
    [Trait("Behaviour", "STL-17")]
    public async Task RunThatHangs_IsStalledOnlyByAForcedCloseOfItsWorker(WorkerMode mode, bool dispose)
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held.RunAsync, mode: mode, concurrency: 2);
        JobHandle first = test.Queue("q").Add("first");
        JobHandle second = test.Queue("q").Add("second", new JobOptions { MaxStalls = 0 });
        HeldRun[] runs = [await held.NextAsync(), await held.NextAsync()];
        test.Time.Advance(TimeSpan.FromDays(365));
        Assert.Equal((JobState.Active, JobState.Active), (first.State, second.State));

        Task closing;
        if (dispose)
        {
            worker.Dispose();
            closing = worker.CloseAsync(Timeout.InfiniteTimeSpan);
        }
        else
        {
            closing = worker.CloseAsync(TimeSpan.FromMinutes(1));
            test.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(SpinWait.SpinUntil(() => runs.All(static run => run.Token.IsCancellationRequested), TimeSpan.FromSeconds(30)));
        Assert.Equal((JobState.Active, JobState.Active), (first.State, second.State));
        await AdvanceUntilAsync(test, closing);
        Assert.Equal((JobState.Waiting, JobState.Failed), (first.State, second.State));
        Assert.All(runs, static run => run.Return());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task CanceledRun_ThatStalls_EndsCanceled(int maxStalls)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        using HeardEvents heard = new(test.Store.Events, JobEventType.Stalled, JobEventType.Canceled, JobEventType.Failed);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { MaxStalls = maxStalls, Attempts = 2 });
        test.Pump();
        HeldRun run = held.Next();
        Assert.True(job.Cancel("not wanted"));
        await test.StallAsync(worker);

        Assert.Equal((JobState.Canceled, "not wanted", 0), (job.State, job.GetInfo().Reason, job.GetInfo().StalledCount));
        Assert.Equal(["job: Active to Canceled"], heard);
        Assert.Throws<InvalidJobStateException>(() => job.Retry());
        run.Return();
        test.Pump();
        job.Retry();
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Fact]
    public async Task Retry_WhileTheStalledRunIsOutAndTheSecondHasEnded_IsRefusedUntilItReturns()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        HeldRun first = held.Next();
        await test.StallAsync(worker);
        test.Work("q", held);
        test.Pump();
        held.Next().Throw(new InvalidOperationException("bad"));
        test.Pump();

        Assert.Equal(JobState.Failed, Assert.Throws<InvalidJobStateException>(() => job.Retry()).Current);
        first.Return();
        test.Pump();
        job.Retry();
        Assert.Equal((JobState.Waiting, 0), (job.State, job.GetInfo().StalledCount));
    }

    /// <summary>The timer of a close's last moment starts on another thread.</summary>
    private static async Task AdvanceUntilAsync(LiveStore test, Task closing)
    {
        while (!closing.IsCompleted)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
