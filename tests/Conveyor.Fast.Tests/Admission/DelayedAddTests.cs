using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

public class DelayedAddTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static TheoryData<TimeSpan> RefusedDelays =>
        [-TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan, TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromDays(36_500) + TimeSpan.FromTicks(1)];

    [Fact]
    [Trait("Behaviour", "DLY-04")]
    public void Add_WithADelayOfZero_WaitsAtOnce()
    {
        using PumpedStore test = new();
        JobHandle[] jobs =
        [
            test.Queue("q").AddDelayed("job", 0, TimeSpan.Zero),
            test.Queue("q").Add("job", new JobOptions { Delay = TimeSpan.Zero }),
            test.Queue("q").Add(new JobRequest<int>("job", 0) { Delay = TimeSpan.Zero }),
        ];
        Assert.All(jobs, static job => Assert.Equal(JobState.Waiting, job.State));
        Assert.Null(test.Store.NextDue);
    }

    [Fact]
    [Trait("Behaviour", "DLY-11")]
    public void Add_WhereTheQueueHasADefaultDelay_TakesTheNearestOneAndZeroOverrides()
    {
        using PumpedStore test = new(defaults: new JobOptions { Delay = 3 * s_second });
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { DefaultJobOptions = new JobOptions { Delay = 2 * s_second } });
        JobOptions zero = new() { Delay = TimeSpan.Zero };

        Assert.Equal(3 * s_second, LeftOf(test.Queue("other").Add("store's")));
        Assert.Equal(2 * s_second, LeftOf(queue.Add("queue's")));
        Assert.Equal(s_second, LeftOf(queue.Add("own", new JobOptions { Delay = s_second })));
        Assert.Equal(s_second, LeftOf(queue.Add(new JobRequest<int>("nearest", 0) { Options = zero, Delay = s_second })));
        Assert.Equal(JobState.Waiting, queue.Add("none", zero).State);
        Assert.Equal(JobState.Waiting, queue.AddDelayed("none", 0, TimeSpan.Zero).State);

        TimeSpan LeftOf(JobHandle job) => job.GetInfo().DueAt!.Value - test.Time.GetUtcNow();
    }

    [Theory]
    [MemberData(nameof(RefusedDelays))]
    [Trait("Behaviour", "DLY-21")]
    [Trait("Behaviour", "VLD-07")]
    public void Delay_NegativeInfiniteOrTooLong_IsRefusedWithNameAndValue(TimeSpan delay)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle job = queue.AddDelayed("job", 0, s_second);
        using StoreTraces traces = new(test.Store);

        Refused("Delay", () => _ = new JobOptions { Delay = delay });
        Refused("Delay", () => _ = new JobRequest<int>("job", 0) { Delay = delay });
        Refused("delay", () => queue.AddDelayed("job", 0, delay));
        Refused("delay", () => job.ChangeDelay(delay));
        traces.AssertNone();
        Assert.Equal(s_second, test.Pump().NextDue);

        void Refused(string name, Action call) => Assert.Equal(delay, Assert.Throws<ArgumentOutOfRangeException>(name, call).ActualValue);
    }

    [Fact]
    [Trait("Behaviour", "DLY-25")]
    public void AddBulk_WithDelaysOfItsItems_DelaysThoseAlone()
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events, JobEventType.Delayed);
        JobHandle[] jobs = test.Queue("q").AddBulk(
        [
            new JobRequest<int>("second", 0) { Delay = 2 * s_second },
            new JobRequest<int>("at once", 0),
            new JobRequest<int>("twin", 0) { CustomId = "one" },
            new JobRequest<int>("dropped", 0) { CustomId = "one", Delay = 9 * s_second },
            new JobRequest<int>("first", 0) { Options = new JobOptions { Delay = s_second } },
            new JobRequest<int>("third", 0) { Delay = 2 * s_second, DeduplicationKey = "key" },
            new JobRequest<int>("lifo", 0) { Options = new JobOptions { Lifo = true } },
        ]);

        Assert.Equal([JobState.Delayed, JobState.Waiting, JobState.Waiting, JobState.Waiting, JobState.Delayed, JobState.Delayed, JobState.Waiting], jobs.Select(static job => job.State));
        Assert.Equal((3, 3), (test.Queue("q").GetJobCounts().Delayed, test.Queue("q").GetJobCounts().Waiting));
        Assert.Equal(["second: None to Delayed", "first: None to Delayed", "third: None to Delayed"], heard);
        test.Pump();
        test.Time.Advance(2 * s_second);
        test.Pump();
        Assert.Equal(["lifo", "at once", "twin", "first", "second", "third"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "BLK-04")]
    public void ClosedQueue_DelayedAddsBulksAndPromotions_AreRefused()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle job = queue.AddDelayed("job", 0, s_second);
        queue.Close();
        JobRequest<int> request = new("job", 0) { Delay = s_second };
        Assert.Throws<ObjectDisposedException>(() => queue.AddBulk([request]));
        Assert.Throws<ObjectDisposedException>(() => queue.AddDelayed("job", 0, s_second));
        Assert.Throws<ObjectDisposedException>(() => queue.TryAdd(request, out _));
        Assert.Throws<ObjectDisposedException>(() => queue.PromoteJobs());
        Assert.Equal((JobState.Delayed, 1), (job.State, test.Store.Engine.Table.Delays.Count));
    }

    [Fact]
    public async Task Add_OfEveryKind_DelaysByItsOptions()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 10 });
        JobOptions delayed = new() { Delay = s_second };
        Assert.True(queue.TryAdd(new JobRequest<int>("job", 0) { Delay = s_second }, out JobHandle tried));
        JobHandle[] jobs =
        [
            tried,
            queue.Add("job", delayed),
            queue.Add("job", 1, new JobOptions { Delay = s_second, CustomId = "id" }),
            queue.Add(new JobRequest<int>("job", 1) { Options = delayed, DeduplicationKey = "key" }),
            await queue.AddAsync("job", 1, delayed, TestContext.Current.CancellationToken),
            test.Flows.Start(new FlowJob("job", "q") { Options = delayed }),
        ];
        ValueTask<object?> run = queue.RunAsync<int, object?>("job", 1, delayed, TestContext.Current.CancellationToken);
        Assert.All(jobs, static job => Assert.Equal(JobState.Delayed, job.State));

        test.Work("q");
        test.Time.Advance(s_second);
        test.Pump();

        Assert.All(jobs, static job => Assert.Equal(JobState.Completed, job.State));
        await run.Within();
    }
}
