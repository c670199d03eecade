using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class WorkerTests
{
    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "WRK-01")]
    public async Task Worker_OneJob_RunsOnceWithItsPayloadAndCompletesWithTheValue(WorkerMode mode)
    {
        await using LiveStore test = new();
        List<object?> seen = [];
        test.Work("q", (job, _) =>
        {
            seen.Add(job.GetData<object>());
            return new ValueTask<object?>($"did {job.GetData<object>()}");
        }, mode: mode);
        JobHandle job = test.Queue("q").Add("job", (object)"payload");

        Assert.Equal("did payload", await job.WaitUntilFinishedAsync<string>(TestContext.Current.CancellationToken).Within());
        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();

        Assert.Equal(["payload"], seen);
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(1, job.GetInfo().AttemptsMade);
    }

    [Fact]
    [Trait("Behaviour", "WRK-02")]
    public void Handler_ReturnsObjectTextNumberNothingOrNull_IsTheValue()
    {
        using PumpedStore test = new();
        int[] thing = [1, 2];
        Dictionary<string, object?> values = new() { ["object"] = thing, ["text"] = "text", ["number"] = 42, ["null"] = null };
        test.Work("values", job => values[job.Name]);
        using Worker<int, int> number = new(test.Store, "numbers", static (_, data) => data + 1, new WorkerOptions { Mode = WorkerMode.Pumped });
        using Worker nothing = new(test.Store, "nothing", static (_, _) => ValueTask.CompletedTask, new WorkerOptions { Mode = WorkerMode.Pumped });
        Dictionary<string, JobHandle> jobs = values.Keys.ToDictionary(static name => name, name => test.Queue("values").Add(name));
        JobHandle next = test.Queue("numbers").Add("next", 1);
        JobHandle none = test.Queue("nothing").Add("none");

        test.Pump();

        foreach ((string name, JobHandle job) in jobs)
        {
            Assert.True(job.TryGetResult(out object? value));
            Assert.Equal(values[name], value);
        }

        Assert.True(jobs["object"].TryGetResult(out int[]? same));
        Assert.Same(thing, same);
        Assert.True(jobs["number"].TryGetResult(out int boxed));
        Assert.Equal(42, boxed);
        Assert.True(next.TryGetResult(out int typed));
        Assert.Equal(2, typed);
        Assert.True(none.TryGetResult(out object? nil));
        Assert.Null(nil);
    }

    [Fact]
    [Trait("Behaviour", "WRK-03")]
    public void Worker_BuiltWithoutStarting_BeginsOnStart()
    {
        using PumpedStore test = new();
        using Worker worker = new(test.Store, "q", job => job.Name, new WorkerOptions { Mode = WorkerMode.Pumped, AutoStart = false });
        JobHandle job = test.Queue("q").Add("job");

        Assert.False(worker.IsRunning);
        Assert.Equal(0, test.Pump().JobsRun);
        Assert.Equal(JobState.Waiting, job.State);

        worker.Start();

        Assert.True(worker.IsRunning);
        Assert.Equal(1, test.Pump().JobsRun);
        Assert.Equal(JobState.Completed, job.State);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "WRK-04")]
    public async Task Start_Twice_EachJobRunsOnceAndOneAtATime(WorkerMode mode)
    {
        await using LiveStore test = new();
        int runs = 0;
        int now = 0;
        int most = 0;
        await using Worker worker = new(test.Store, "q", async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            Interlocked.Increment(ref runs);
        }, new WorkerOptions { Mode = mode, AutoStart = false });
        JobHandle[] jobs = test.Queue("q").AddBulk(Enumerable.Range(0, 100).Select(static i => new JobRequest<int>("job", i)));

        worker.Start();
        worker.Start();
        foreach (JobHandle job in jobs)
        {
            await job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        }

        worker.Start();
        Assert.Equal((100, 1), (runs, most));
    }

    [Fact]
    [Trait("Behaviour", "WRK-05")]
    public void Name_OfUnnamedWorkers_IsUniqueAndTaggedWithTheQueue()
    {
        using PumpedStore test = new();
        Worker[] workers = [.. Enumerable.Range(0, 20).Select(i => test.Work(i % 2 == 0 ? "even" : "odd"))];
        using Worker named = new(test.Store, "even", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped, Name = "mine" });

        Assert.Equal(20, workers.Select(static worker => worker.Name).Distinct().Count());
        Assert.All(workers, static worker => Assert.StartsWith($"{worker.QueueName}-", worker.Name));
        Assert.Equal("mine", named.Name);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "WRK-07")]
    public async Task Workers_OfOneQueueShare_OfSeveralQueuesAreIndependent(WorkerMode mode)
    {
        await using LiveStore test = new();
        TaskCompletionSource together = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int inside = 0;
        async ValueTask<object?> MeetAsync(Job job, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref inside) == 3)
            {
                together.SetResult();
            }

            await together.Task.WaitAsync(cancellationToken);
            return null;
        }

        for (int i = 0; i < 3; i++)
        {
            test.Work("shared", MeetAsync, mode: mode);
        }

        test.Work("other", static (_, _) => default, mode: mode);
        JobHandle first = test.Queue("shared").Add("1");
        JobHandle second = test.Queue("shared").Add("2");
        await test.Queue("other").Add("free").WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        Assert.False(first.IsFinished || second.IsFinished);

        JobHandle third = test.Queue("shared").Add("3");
        string?[] names = [];
        foreach (JobHandle job in (JobHandle[])[first, second, third])
        {
            await job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
            names = [.. names, job.GetInfo().WorkerName];
        }

        Assert.Equal(3, names.Distinct().Count());
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "WRK-08")]
    public async Task Worker_OneAtATime_KeepsTheOrder(WorkerMode mode)
    {
        await using LiveStore test = new();
        List<int> ran = [];
        test.Work("q", async (job, _) =>
        {
            int number = job.GetData<int>();
            if (number % 3 == 0)
            {
                await Task.Yield();
            }

            ran.Add(number);
            return null;
        }, mode: mode);
        JobHandle last = default;
        for (int i = 0; i < 2_000; i++)
        {
            last = test.Queue("q").Add("job", i);
        }

        await last.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();

        Assert.Equal(Enumerable.Range(0, 2_000), ran);
    }

    [Fact]
    [Trait("Behaviour", "WRK-10")]
    public void Times_OfCompletedAndFailedJobs_RiseFromCreatedOverStartedToEnded()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            test.Time.Advance(TimeSpan.FromSeconds(3));
            return job.Name == "bad" ? throw new InvalidOperationException("bad") : null;
        });
        DateTimeOffset created = test.Time.GetUtcNow();
        JobHandle good = test.Queue("q").Add("good");
        JobHandle bad = test.Queue("q").Add("bad");
        Assert.Null(good.GetInfo().StartedAt);
        test.Time.Advance(TimeSpan.FromSeconds(2));

        test.Pump();

        JobInfo first = good.GetInfo();
        JobInfo second = bad.GetInfo();
        Assert.Equal((created, created.AddSeconds(2), created.AddSeconds(5)), (first.CreatedAt, first.StartedAt, first.EndedAt));
        Assert.Equal((created, created.AddSeconds(5), created.AddSeconds(8)), (second.CreatedAt, second.StartedAt, second.EndedAt));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool, WaitStrategy.Default)]
    [InlineData(WorkerMode.ThreadPool, WaitStrategy.Park)]
    [InlineData(WorkerMode.Dedicated, WaitStrategy.Default)]
    [InlineData(WorkerMode.Dedicated, WaitStrategy.Park)]
    [InlineData(WorkerMode.Dedicated, WaitStrategy.Yield)]
    [Trait("Behaviour", "WRK-12")]
    public async Task Add_ToAnIdleQueue_RunsUnderAClockNeverAdvanced(WorkerMode mode, WaitStrategy strategy)
    {
        await using LiveStore test = new();
        await using Worker worker = new(test.Store, "q", static (job, _) => new ValueTask<object?>(job.GetData<int>()), new WorkerOptions { Mode = mode, WaitStrategy = strategy });
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(i, await test.Queue("q").Add("job", i).WaitUntilFinishedAsync<int>(TestContext.Current.CancellationToken).Within());
            await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();
        }
    }

    [Fact]
    [Trait("Behaviour", "WRK-15")]
    public void WorkerName_OfAJob_IsThatOfTheWorkerThatRanIt()
    {
        using PumpedStore test = new();
        using Worker named = new(test.Store, "named", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped, Name = "mine" });
        Worker unnamed = test.Work("unnamed", static _ => throw new InvalidOperationException("bad"));
        JobHandle first = test.Queue("named").Add("first");
        JobHandle second = test.Queue("unnamed").Add("second");
        Assert.Null(first.GetInfo().WorkerName);

        test.Pump();

        Assert.Equal("mine", first.GetInfo().WorkerName);
        Assert.Equal(unnamed.Name, second.GetInfo().WorkerName);
    }
}
