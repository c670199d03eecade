using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>What names and numbers must be.</summary>
public class CheckTests
{
    public static TheoryData<string> AllowedQueueNames =>
        ["q", " ", "with spaces in it", "dots.and.more", "a/b:c#d?", "очередь", "待ち行列", "🚀", "\u00A0", new string('x', 255)];

    public static TheoryData<string?> RefusedQueueNames =>
        [(string?)null, "", "\n", "tab\there", "nul\0", "del\u007F", "c1\u0085", new string('x', 256), new string('\n', 300)];

    [Theory]
    [MemberData(nameof(AllowedQueueNames))]
    [MemberData(nameof(RefusedQueueNames))]
    [Trait("Behaviour", "VLD-01")]
    public void QueueName_OfOneTo255CharactersWithoutControlCharacters_IsAllowedAndNoOther(string? name)
    {
        using PumpedStore test = new();
        bool isAllowed = AllowedQueueNames.Any(row => row.Data == name);
        Action[] uses =
        [
            () => test.Store.GetQueue(name!).Add("job"),
            () => test.Flows.Add(new FlowJob("job", name!)),
            () => test.Flows.Add(new FlowJob("root", "root") { Children = [new FlowJob("job", name!)] }),
            () => test.Work(name!),
            () => test.Store.GetQueue(name + (isAllowed && name!.Length < 255 ? "2" : ""), new JobQueueOptions()),
        ];
        using StoreTraces traces = new(test.Store);

        if (isAllowed)
        {
            Assert.All(uses[..4], static use => use());
            test.Pump();
            Assert.Equal(3, test.Queue(name!).GetJobCounts().Completed);
            Assert.All(test.Queue(name!).GetJobs(JobState.Completed), job => Assert.Equal(name, job.QueueName));
        }
        else
        {
            Assert.All(uses, static use =>
            {
                ArgumentException error = Assert.ThrowsAny<ArgumentException>(use);
                Assert.Contains("name", error.ParamName, StringComparison.OrdinalIgnoreCase);
            });
            traces.AssertNone();
            Assert.DoesNotContain(test.Store.GetQueues(), queue => queue.Name == name);
        }
    }

    [Theory]
    [MemberData(nameof(AllowedQueueNames))]
    [MemberData(nameof(RefusedQueueNames))]
    public void WorkerName_ThatIsGiven_IsCheckedLikeAQueueName(string? name)
    {
        if (name is null || AllowedQueueNames.Any(row => row.Data == name))
        {
            Assert.Equal(name, new WorkerOptions { Name = name }.Name);
        }
        else
        {
            Assert.Contains("worker's name", Assert.Throws<ArgumentException>("Name", () => new WorkerOptions { Name = name }).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [Trait("Behaviour", "VLD-02")]
    [Trait("Behaviour", "VLD-07")]
    public void Attempts_BelowOne_IsRefused(int attempts)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using StoreTraces traces = new(test.Store);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => queue.Add("job", new JobOptions { Attempts = attempts }));
        Assert.Equal((nameof(JobOptions.Attempts), attempts), (error.ParamName, error.ActualValue));
        traces.AssertNone();
        Assert.Equal(1, new JobOptions { Attempts = 1 }.Attempts);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-10_000)] // Timeout.InfiniteTimeSpan
    [InlineData(long.MinValue)]
    [InlineData((36_500L * 24 * 60 * 60 * 10_000_000) + 1)]
    [InlineData(long.MaxValue)]
    [Trait("Behaviour", "VLD-03")]
    [Trait("Behaviour", "VLD-07")]
    public void Backoff_DelayNegativeInfiniteOrTooLong_IsRefused(long ticks)
    {
        TimeSpan delay = new(ticks);
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using StoreTraces traces = new(test.Store);
        Assert.Equal(delay, Assert.Throws<ArgumentOutOfRangeException>("delay", () => queue.Add("job", new JobOptions { Backoff = Backoff.Fixed(delay) })).ActualValue);
        Assert.Equal(delay, Assert.Throws<ArgumentOutOfRangeException>("first", () => queue.Add("job", new JobOptions { Backoff = Backoff.Exponential(delay) })).ActualValue);
        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "VLD-03")]
    public void Backoff_StrategyThatAnswersWithANegativeDelay_IsRefusedWhenItIsAsked()
    {
        TimeSpan negative = TimeSpan.FromTicks(-1);
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("boom"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3, Backoff = Backoff.Custom(_ => new ValueTask<TimeSpan?>(negative)) });
        test.Pump();
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("boom", job.GetInfo().Reason);
        Assert.Contains("custom backoff returned -00:00:00.0000001", job.GetInfo().Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [Trait("Behaviour", "VLD-08")]
    public void Name_Empty_IsRefused(string? empty)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using StoreTraces traces = new(test.Store);
        Action[] uses =
        [
            () => queue.Add(empty!),
            () => queue.Add(empty!, 1),
            () => queue.Add(new JobRequest<int>(empty!, 1)),
            () => queue.Add(default(JobRequest<int>)),
            () => queue.TryAdd(default(JobRequest<int>), out _),
            () => queue.AddAsync(empty!, 1).AsTask().GetAwaiter().GetResult(),
            () => queue.RunAsync<int, int>(empty!, 1).AsTask().GetAwaiter().GetResult(),
            () => queue.AddBulk<int>([default]),
            () => test.Flows.Add(new FlowJob(empty!, "q")),
            () => test.Flows.Add(new FlowJob("job", empty!)),
            () => test.Store.GetQueue(empty!),
            () => test.Store.GetQueue(empty!, new JobQueueOptions()),
            () => test.Work(empty!),
        ];

        Assert.All(uses, static use => Assert.ThrowsAny<ArgumentException>(use));

        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "VLD-13")]
    public void Add_Refused_LeavesNoTrace()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 3 });
        queue.Add("stored", new JobOptions { CustomId = "stored" });
        JobOptions fresh = new() { CustomId = "fresh" };
        FlowJob taken = new("taken", "q") { Options = new JobOptions { CustomId = "stored" } };
        using StoreTraces traces = new(test.Store);

        Assert.Throws<DuplicateJobException>(() => test.Flows.Add(new FlowJob("root", "q") { Options = fresh, Children = [taken] }));
        Assert.Throws<DuplicateJobException>(() => test.Flows.AddBulk([new FlowJob("root", "q") { Options = fresh }, taken]));
        Assert.Throws<InvalidFlowException>(() => test.Flows.Add(new FlowJob("root", "q") { Options = fresh, Children = [null!] }));
        Assert.Throws<InvalidFlowException>(() => test.Flows.AddBulk([new FlowJob("root", "q") { Options = fresh }, new FlowJob("root", "q") { Options = fresh }]));
        Assert.Throws<QueueFullException>(() => test.Flows.Add(new FlowJob("root", "q") { Options = fresh, Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] }));
        Assert.Throws<QueueFullException>(() => queue.AddBulk(Enumerable.Repeat(new JobRequest<int>("job", 1) { Options = fresh }, 3)));
        Assert.Throws<ArgumentException>(() => queue.AddBulk<int>([new JobRequest<int>("job", 1) { Options = fresh }, default]));
        Assert.Throws<ArgumentException>(() => queue.Add("", fresh));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.AddDelayed("job", 1, TimeSpan.MaxValue, fresh));
        Assert.Throws<ArgumentException>(() => queue.AddSchedule("s", new RepeatOptions { Cron = "0 0 30 2 *" }, "job", 1, fresh));

        traces.AssertNone();
        Assert.Empty(queue.GetSchedules());
        Assert.False(queue.TryGetJob("fresh", out _));

        // What was refused took neither the id nor the room.
        test.Flows.Add(new FlowJob("root", "q") { Options = fresh, Children = [new FlowJob("a", "q")] });
        Assert.True(queue.TryGetJob("fresh", out _));
    }

    [Fact]
    public void Add_Refused_LeavesNoQueueBehind()
    {
        using PumpedStore test = new();
        JobRequest<int>[] requests = [new("job", 1), new("job", 2)];

        for (int i = 0; i < 20; i++)
        {
            FlowJob flow = new("root", "parents") { Children = [new FlowJob("child", $"children-{i}"), null!] };
            Assert.Throws<InvalidFlowException>(() => test.Flows.Add(flow));
        }

        Assert.Throws<ArgumentException>(() => test.Queue("bulk").AddBulk<int>(requests, new JobHandle[1]));
        Assert.Throws<ArgumentException>(() => test.Queue("bulk").AddBulk<int>([requests[0], default]));
        Assert.Empty(test.Queue("bulk").AddBulk<int>([]));
        Assert.Throws<ArgumentException>(() => test.Queue("plain").Add(""));
        Assert.Throws<ArgumentException>(() => test.Queue("plain").Add(default(JobRequest<int>)));
        using IDisposable subscription = test.Queue("heard").Events.Subscribe(static _ => { });

        Assert.Empty(test.Store.GetQueues());
        Assert.InRange(test.Store.Engine.Table.Ledgers.Length, 1, 3); // The refused ones' numbers are used again.
        JobQueue parents = test.Store.GetQueue("parents", new JobQueueOptions { Capacity = 1 });
        test.Flows.Add(new FlowJob("root", "parents") { Children = [new FlowJob("child", "children")] });
        Assert.Equal(["children", "parents"], test.Store.GetQueues().Select(static queue => queue.Name).Order());
        Assert.Equal(1, parents.GetJobCounts().WaitingChildren);
    }

    [Fact]
    public void StoreOptions_WithoutWhatAStoreNeeds_AreRefused()
    {
        Assert.Equal("TimeProvider", Assert.Throws<ArgumentNullException>(static () => new JobStoreOptions { TimeProvider = null! }).ParamName);
        Assert.Equal("BudgetClock", Assert.Throws<ArgumentNullException>(static () => new JobStoreOptions { BudgetClock = null! }).ParamName);
        Assert.Equal("Retention", Assert.Throws<ArgumentNullException>(static () => new JobStoreOptions { Retention = null! }).ParamName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((36_500L * 24 * 60 * 60 * 10_000_000) + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void RetentionAge_OutsideItsRange_IsRefused(long ticks)
    {
        TimeSpan age = new(ticks);
        foreach (Action use in (Action[])[() => Retention.KeepFor(age), () => Retention.KeepLast(1, age)])
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(use);
            Assert.Equal(("age", age), (error.ParamName, error.ActualValue));
        }

        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(static () => Retention.KeepLast(0, TimeSpan.FromDays(36_500))).ParamName);
    }

    [Fact]
    public void Retention_SaysWhatItKeeps()
    {
        TimeSpan day = TimeSpan.FromDays(1);
        Retention[] all = [Retention.KeepAll, Retention.RemoveAtOnce, Retention.KeepLast(3), Retention.KeepFor(day), Retention.KeepLast(3, day)];

        Assert.Equal([(null, null), (0, null), (3, null), (null, day), (3, day)], all.Select(static kept => (kept.Count, kept.Age)));
        Assert.Equal(["keep all", "remove at once", "keep the last 3", "keep for 1.00:00:00", "keep the last 3 for 1.00:00:00"], all.Select(static kept => kept.ToString()));
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.True(all[4] == Retention.KeepLast(3, day) && all[4] != all[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65_537)]
    [InlineData(int.MaxValue)]
    [Trait("Behaviour", "VLD-07")]
    public void Concurrency_OutsideItsRange_IsRefused(int concurrency)
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q", concurrency: 2);
        foreach (Action use in (Action[])[() => _ = new WorkerOptions { Concurrency = concurrency }, () => worker.Concurrency = concurrency])
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(use);
            Assert.Equal(("Concurrency", concurrency), (error.ParamName, error.ActualValue));
        }

        Assert.Equal(2, worker.Concurrency);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [Trait("Behaviour", "VLD-07")]
    public void QueueBound_BelowOne_IsRefused(int capacity)
    {
        using PumpedStore test = new();
        using StoreTraces traces = new(test.Store);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.GetQueue("q", new JobQueueOptions { Capacity = capacity }));
        Assert.Equal((nameof(JobQueueOptions.Capacity), capacity), (error.ParamName, error.ActualValue));
        traces.AssertNone();
        Assert.Empty(test.Store.GetQueues());

        // Refused before it was given any options: it can be given some.
        Assert.Equal(JobState.Waiting, test.Store.GetQueue("q", new JobQueueOptions { Capacity = 1 }).Add("job").State);
    }

    /// <summary>A timer can be set to no more than 49 days; a longer limit must not be found out in the middle of a close.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(50 * 24)]
    [InlineData(24 * 365 * 1_000)]
    [Trait("Behaviour", "VLD-07")]
    public void Limits_OutsideTheirRange_AreRefusedBeforeAnythingIsDone(int hours)
    {
        using PumpedStore test = new();
        TimeSpan limit = TimeSpan.FromHours(hours);
        Worker worker = test.Work("q");
        JobHandle job = test.Queue("q").Add("job");
        (string Argument, Action Use)[] uses =
        [
            ("CloseTimeout", () => _ = new WorkerOptions { CloseTimeout = limit }),
            ("AbandonAfter", () => _ = new WorkerOptions { AbandonAfter = limit }),
            ("CloseTimeout", () => _ = new JobStoreOptions { CloseTimeout = limit }),
            ("grace", () => worker.CloseAsync(limit)),
            ("timeout", () => job.WaitUntilFinishedAsync(limit, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult()),
            ("timeout", () => job.WaitUntilFinishedAsync<int>(limit, TestContext.Current.CancellationToken)),
        ];

        Assert.All(uses, use =>
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(use.Use);
            Assert.Equal((use.Argument, limit), (error.ParamName, error.ActualValue));
        });
        Assert.True(worker.IsRunning);
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
    }

    [Fact]
    public void NumbersThatNameNothing_AreRefused()
    {
        using PumpedStore test = new();
        List<JobEvent> heard = [];
        Action<JobEvent> handler = heard.Add;

        Assert.All([Enum.GetValues<JobEventType>().Max() + 1, (JobEventType)64, (JobEventType)77, (JobEventType)255], type =>
        {
            Assert.Equal(type, Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.Events.Subscribe(handler, JobEventType.Drained, type)).ActualValue);
            Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.Events.Subscribe(_ => Task.CompletedTask, type));
        });
        Assert.Equal((JobState)99, Assert.Throws<ArgumentOutOfRangeException>(() => test.Queue("q").GetJobs((JobState)99)).ActualValue);
        Assert.Throws<ArgumentNullException>(() => test.Store.Events.Unsubscribe(null!));
        test.Work("q");
        test.Queue("q").Add("job");
        test.Pump();
        Assert.Empty(heard);
    }

    [Fact]
    [Trait("Behaviour", "VLD-14")]
    public void Options_ReusedAndChangedAfterwards_HaveNoEffectOnWhatWasAdded()
    {
        using PumpedStore test = new(defaults: new JobOptions { Priority = 11 });
        using PumpedStore other = new(defaults: new JobOptions { Priority = 22 });
        JobOptions options = new() { Attempts = 4 };
        List<FlowJob> children = [new FlowJob("a", "q") { Options = options }];
        List<JobRequest<string>> requests = [new("plain", "data") { Options = options }];

        // One object serves jobs, queues and stores with defaults of their own.
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Options = options, Children = children });
        JobHandle here = test.Queue("q").AddBulk(requests)[0];
        JobHandle there = other.Queue("q").Add("plain", "data", options);
        Assert.Equal([11, 11, 11, 22], new[] { flow.Job, flow.Children[0].Job, here, there }.Select(static job => job.GetInfo().Priority));
        Assert.All([flow.Job, flow.Children[0].Job, here, there], static job => Assert.Equal(4, job.GetInfo().Attempts));

        children.Clear();
        children.Add(new FlowJob("b", "q"));
        requests.Clear();
        Assert.Equal(["a"], flow.Job.Children.Select(static child => child.Name));
        test.Work("q");
        test.Pump();
        Assert.Equal(["a", "plain", "root"], test.Ran.Order());

        // The options themselves have nothing to change: every property is set once.
        Type[] types = [typeof(JobOptions), typeof(JobQueueOptions), typeof(JobStoreOptions), typeof(WorkerOptions), typeof(RetentionOptions), typeof(JobRequest<int>)];
        Assert.All(types.SelectMany(static type => type.GetProperties()), static property => Assert.True(
            property.SetMethod is null || property.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Any(static modifier => modifier.Name == "IsExternalInit"),
            $"{property.DeclaringType!.Name}.{property.Name} can be changed after it was given away"));
    }
}
