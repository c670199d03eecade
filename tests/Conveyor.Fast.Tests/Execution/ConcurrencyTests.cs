using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

public class ConcurrencyTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerMode.ThreadPool, null)]
    [InlineData(WorkerMode.Dedicated, null)]
    [InlineData(WorkerMode.ThreadPool, 3)]
    [InlineData(WorkerMode.Dedicated, 3)]
    [Trait("Behaviour", "CON-01")]
    [Trait("Behaviour", "CON-02")]
    public async Task Worker_OfASetConcurrencyOrOne_NeverRunsMoreAtOnce(WorkerMode mode, int? concurrency)
    {
        await using LiveStore test = new();
        Meter meter = new();
        Func<Job, CancellationToken, ValueTask<object?>> handler = meter.RunAsync;
        await using Worker worker = new(test.Store, "q", handler, concurrency is { } set ? new WorkerOptions { Mode = mode, Concurrency = set } : new WorkerOptions { Mode = mode });
        Assert.Equal(concurrency ?? 1, worker.Concurrency);
        JobHandle[] jobs = AddMany(test, 3_000);

        await AllEndAsync(jobs);

        Assert.InRange(meter.Most, 1, concurrency ?? 1);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-03")]
    public async Task Worker_WithEnoughJobs_UsesAllSlotsAtOnce(WorkerMode mode)
    {
        await using LiveStore test = new();
        Meeting gate = new(6);
        test.Work("q", gate.AttendAsync, concurrency: 6, mode: mode);

        await AllEndAsync(AddMany(test, 6));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-04")]
    public async Task Slot_Freed_IsRefilledUnderAClockNeverAdvanced(WorkerMode mode)
    {
        await using LiveStore test = new();
        test.Work("q", async (job, _) =>
        {
            await Task.Yield();
            return job.GetData<int>() % 10 == 0 && job.AttemptsMade == 0 ? throw new InvalidOperationException("again") : null;
        }, mode: mode);
        JobOptions twice = new() { Attempts = 2 };
        JobHandle[] jobs = [.. Enumerable.Range(0, 100).Select(i => test.Queue("q").Add("job", i, twice))];

        await AllEndAsync(jobs);

        Assert.All(jobs, static job => Assert.Equal(JobState.Completed, job.State));
    }

    [Fact]
    [Trait("Behaviour", "CON-05")]
    public async Task Workers_OfOneQueue_NeverRunTheSameJob()
    {
        await using LiveStore test = new();
        int[] runs = new int[20_000];
        ValueTask<object?> Count(Job job, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref runs[job.GetData<int>()]);
            return default;
        }

        test.Work("q", Count, concurrency: 2);
        test.Work("q", Count, mode: WorkerMode.Dedicated);

        await AllEndAsync(AddMany(test, runs.Length));

        Assert.All(runs, static count => Assert.Equal(1, count));
    }

    [Fact]
    [Trait("Behaviour", "CON-11")]
    public void Concurrency_LoweredAndRaisedWhileJobsRun_CountsForEveryStart()
    {
        using PumpedStore test = new();
        Dictionary<string, TaskCompletionSource> ends = [];
        using Worker worker = new(test.Store, "q", async (job, _) =>
        {
            ends[job.Name] = new TaskCompletionSource();
            await ends[job.Name].Task;
        }, new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = 4 });
        for (int i = 0; i < 9; i++)
        {
            test.Queue("q").Add($"{i}");
        }

        void End(string name)
        {
            ends[name].SetResult();
            test.Pump();
        }

        test.Pump();
        Assert.Equal(4, ends.Count);

        worker.Concurrency = 2;
        End("0");
        End("1");
        Assert.Equal(4, ends.Count);
        End("2");
        Assert.Equal(5, ends.Count);
        End("4");
        Assert.Equal(6, ends.Count);

        worker.Concurrency = 3;
        test.Pump();
        Assert.Equal(7, ends.Count);
        foreach (string name in (string[])["3", "5", "6", "7", "8"])
        {
            End(name);
        }
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    public async Task Concurrency_ChangedUnderLoad_LosesNoJobAndNoSlot(WorkerMode mode)
    {
        await using LiveStore test = new();
        Meter meter = new();
        Meeting? meeting = null;
        Worker worker = test.Work("q", (job, token) => meeting?.AttendAsync(job, token) ?? meter.RunAsync(job, token), concurrency: 4, mode: mode);
        JobHandle[] jobs = AddMany(test, 10_000);
        for (int i = 0; !jobs[^1].IsFinished; i++)
        {
            worker.Concurrency = i % 4 + 1;
        }

        worker.Concurrency = 4;
        await AllEndAsync(jobs);
        Assert.InRange(meter.Most, 1, 4);
        meeting = new Meeting(4);
        await AllEndAsync(AddMany(test, 4));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-13")]
    public async Task Subscriber_ThatThrows_CostsNoSlot(WorkerMode mode)
    {
        await using LiveStore test = new();
        using IDisposable deaf = test.Store.Events.Subscribe(static _ => { }, JobEventType.Error);
        using IDisposable store = test.Store.Events.Subscribe((Action<JobEvent>)(occurrence => throw new InvalidOperationException($"{occurrence.Type}")), JobEventType.Added, JobEventType.Waiting, JobEventType.Active, JobEventType.Completed, JobEventType.Failed, JobEventType.Retrying, JobEventType.Drained);
        using IDisposable queue = test.Queue("q").Events.Subscribe((Action<JobEvent>)(occurrence => throw new InvalidOperationException($"{occurrence.Type}")));
        Meeting? gate = null;
        Worker worker = test.Work("q", async (job, cancellationToken) =>
        {
            await (gate?.AttendAsync(job, cancellationToken) ?? default);
            return gate is null && job.GetData<int>() % 3 == 0 ? throw new InvalidOperationException("bad") : null;
        }, concurrency: 4, mode: mode);
        using IDisposable own = worker.Events.Subscribe((Action<JobEvent>)(occurrence => throw new InvalidOperationException($"{occurrence.Type}")));

        await AllEndAsync(AddMany(test, 200));
        gate = new Meeting(4);
        await AllEndAsync(AddMany(test, 4));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-15")]
    public async Task Worker_Idle_SleepsWhateverIsStored(WorkerMode mode)
    {
        CountingTime time = new();
        await using LiveStore test = new(time: time);
        Worker worker = test.Work("q", static (_, _) => default, mode: mode);
        JobHandle last = default;
        for (int i = 0; i < 5_000; i++)
        {
            test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "unserved")] });
            last = test.Queue("q").Add("job", i);
        }

        await last.WaitUntilFinishedAsync(TestToken).Within();

        // The loop lies in the lot, where only a ticket wakes it, and the one timer there may be is not for any stored job.
        Assert.True(SpinWait.SpinUntil(() => worker.Core.Queue.Ready.Parked.Any, TimeSpan.FromSeconds(30)));
        JobCounts counts = test.Queue("q").GetJobCounts();
        Assert.Equal((5_000, 0, 0), (counts.WaitingChildren, counts.Waiting, counts.Active));
        Assert.Equal(5_000, test.Queue("unserved").GetJobCounts().Waiting);
        Assert.InRange(time.LiveTimers, 0, 1);
        Assert.Equal(0, worker.Core.Loops[0].CurrentRun);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-17")]
    public async Task Bulk_OverSeveralWorkers_IsSpread(WorkerMode mode)
    {
        await using LiveStore test = new();
        Meeting gate = new(4);
        for (int i = 0; i < 4; i++)
        {
            test.Work("q", gate.AttendAsync, mode: mode);
        }

        JobHandle[] jobs = AddMany(test, 4);
        await AllEndAsync(jobs);

        Assert.Equal(4, jobs.Select(static job => job.GetInfo().WorkerName).Distinct().Count());
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "CON-18")]
    public async Task SlowJob_WithConcurrencyLeft_DoesNotHoldUpTheNext(WorkerMode mode)
    {
        await using LiveStore test = new();
        using ManualResetEventSlim slow = new();
        test.Work("q", (job, _) =>
        {
            if (job.Name == "slow")
            {
                slow.Pass();
            }

            return default;
        }, concurrency: 2, mode: mode);
        JobHandle held = test.Queue("q").Add("slow");

        await AllEndAsync(AddMany(test, 50));
        Assert.False(held.IsFinished);
        slow.Set();
        await held.WaitUntilFinishedAsync(TestToken).Within();
    }

    private static JobHandle[] AddMany(LiveStore test, int count) =>
        test.Queue("q").AddBulk(Enumerable.Range(0, count).Select(static i => new JobRequest<int>("job", i)));

    private static async Task AllEndAsync(JobHandle[] jobs)
    {
        foreach (JobHandle job in jobs)
        {
            await job.WaitUntilFinishedAsync(TestToken).AsTask().ContinueWith(static _ => { }, TestToken, TaskContinuationOptions.None, TaskScheduler.Default).Within();
        }
    }
}
