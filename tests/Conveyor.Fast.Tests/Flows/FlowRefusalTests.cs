using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Flows that are refused: all of them or nothing.</summary>
public class FlowRefusalTests
{
    private static readonly FlowJob s_good = new("good", "q");

    public static TheoryData<string, Func<FlowJob>> InvalidNodes => new()
    {
        { "empty queue name", static () => new FlowJob("job", "") },
        { "queue name with a control character", static () => new FlowJob("job", "a\nb") },
        { "queue name too long", static () => new FlowJob("job", new string('q', 256)) },
        { "no queue name", static () => new FlowJob("job", null!) },
        { "empty job name", static () => new FlowJob("", "q") },
        { "attempts 0", static () => new FlowJob("job", "q") { Options = new JobOptions { Attempts = 0 } } },
        { "negative backoff", static () => new FlowJob("job", "q") { Options = new JobOptions { Backoff = Backoff.Fixed(TimeSpan.FromSeconds(-1)) } } },
        { "custom id with a control character", static () => new FlowJob("job", "q") { Options = new JobOptions { CustomId = "\t" } } },
        { "unknown policy", static () => new FlowJob("job", "q") { Options = new JobOptions { FailParentOnChildFailure = (ChildFailurePolicy)3 } } },
        { "no children list", static () => new FlowJob("job", "q") { Children = null! } },
        { "null", static () => null! },
        { "a null among the children", static () => new FlowJob("job", "q") { Children = [s_good, null!] } },
    };

    [Theory]
    [MemberData(nameof(InvalidNodes))]
    [Trait("Behaviour", "FLOW-09")]
    public void Add_OneInvalidNode_ThrowsAndNoNodeExists(string what, Func<FlowJob> makeInvalid)
    {
        using PumpedStore test = new();
        using StoreTraces traces = new(test.Store);
        Action[] adds =
        [
            () => test.Flows.Add(Tree()),
            () => test.Flows.TryAdd(Tree(), out _),
            () => test.Flows.Start(Tree()),
            () => test.Flows.AddBulk([s_good, Tree()]),
            () => test.Flows.AddAsync(Tree()).AsTask().GetAwaiter().GetResult(),
            () => test.Flows.RunAsync<object?>(Tree()).AsTask().GetAwaiter().GetResult(),
        ];

        Assert.All(adds, add => Assert.True(Record.Exception(add) is ArgumentException or InvalidFlowException, what));

        traces.AssertNone();

        FlowJob Tree() => new("root", "q") { Children = [s_good, new FlowJob("middle", "other") { Children = [s_good, makeInvalid(), s_good] }, s_good] };
    }

    /// <summary>The path of a root that is null is made before anything of it is laid out.</summary>
    [Theory]
    [InlineData(1, 0, "the root")]
    [InlineData(2, 0, "flows[0]")]
    [InlineData(2, 1, "flows[1]")]
    [InlineData(40, 30, "flows[30]")]
    public void AddBulk_NullAmongTheRoots_IsRefusedWithItsPath(int count, int place, string path)
    {
        using PumpedStore test = new();
        using StoreTraces traces = new(test.Store);
        FlowJob[] flows = [.. Enumerable.Repeat(s_good, count)];
        flows[place] = null!;

        Assert.Equal(path, Assert.Throws<InvalidFlowException>(() => test.Flows.AddBulk(flows)).Path);
        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "FLOW-31")]
    public void Add_InvalidQueueName_IsAnErrorAndNothingIsStored()
    {
        using PumpedStore test = new();
        using StoreTraces traces = new(test.Store);

        Assert.All(["", "a\0b", new string('x', 256)], name =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => test.Flows.Add(new FlowJob("root", "q") { Children = [s_good, new FlowJob("job", name)] }));
            Assert.Equal("queueName", error.ParamName);
            Assert.Contains("queue name", error.Message);
            Assert.ThrowsAny<ArgumentException>(() => test.Flows.Add(new FlowJob("root", name) { Children = [s_good] }));
        });

        traces.AssertNone();
        Assert.Empty(test.Store.GetQueues());
    }

    [Fact]
    [Trait("Behaviour", "FLOW-34")]
    public void Add_UnknownFailurePolicy_IsRefused()
    {
        using PumpedStore test = new();
        using StoreTraces traces = new(test.Store);

        Assert.All([(ChildFailurePolicy)3, (ChildFailurePolicy)255], policy =>
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => test.Flows.Add(
                new FlowJob("root", "q") { Options = new JobOptions { FailParentOnChildFailure = policy }, Children = [s_good] }));
            Assert.Equal((nameof(JobOptions.FailParentOnChildFailure), policy), (error.ParamName, error.ActualValue));
        });

        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "FLOW-10")]
    public void Add_ALaterNodeCanNotBeStored_NoEarlierOneIsLeftBehind()
    {
        using PumpedStore test = new();
        test.Store.GetQueue("bounded", new JobQueueOptions { Capacity = 3 });
        test.Queue("bounded").Add("stored");
        test.Queue("q").Add("stored", new JobOptions { CustomId = "taken" });
        FlowJob fresh = new("fresh", "q") { Options = new JobOptions { CustomId = "fresh" } };
        FlowJob taken = new("taken", "q") { Options = new JobOptions { CustomId = "taken" } };
        FlowJob bounded = new("bounded", "bounded");
        using StoreTraces traces = new(test.Store);

        Refused<DuplicateJobException>(() => Tree(bounded, taken));
        Refused<InvalidFlowException>(() => Tree(bounded, fresh));
        Refused<TimeoutException>(() => Tree(bounded, new FlowJob("unreadable", "q") { Children = new ThrowingList([s_good]) }));
        Assert.Throws<QueueFullException>(() => test.Flows.Add(Tree(bounded, bounded, bounded)));
        Assert.Throws<QueueFullException>(() => test.Flows.Start(Tree(bounded, bounded, bounded)));
        Assert.Throws<QueueFullException>(() => test.Flows.AddBulk([Tree(bounded), Tree(bounded), bounded]));
        Assert.False(test.Flows.TryAdd(Tree(bounded, bounded, bounded), out FlowResult? none));
        Assert.Null(none);
        Assert.Throws<TimeoutException>(() => test.Flows.AddBulk(Source()));

        traces.AssertNone();
        Assert.Equal(2, test.Flows.Add(Tree(bounded, bounded)).Children.Count(static child => child.QueueName == "bounded"));

        FlowJob Tree(params FlowJob[] last) => new("root", "q") { Children = [fresh, new FlowJob("middle", "other") { Children = [s_good] }, .. last] };

        IEnumerable<FlowJob> Source()
        {
            yield return Tree();
            throw new TimeoutException("The source failed.");
        }

        void Refused<TError>(Func<FlowJob> flow)
            where TError : Exception
        {
            Assert.Throws<TError>(() => test.Flows.Add(flow()));
            Assert.Throws<TError>(() => test.Flows.TryAdd(flow(), out _));
            Assert.Throws<TError>(() => test.Flows.Start(flow()));
            Assert.Throws<TError>(() => test.Flows.AddBulk([s_good, flow()]));
            Assert.Throws<TError>(() => test.Flows.AddAsync(flow()).AsTask().GetAwaiter().GetResult());
            Assert.Throws<TError>(() => { _ = test.Flows.RunAsync<object?>(flow()); });
        }
    }

    [Fact]
    public async Task AddAsync_ChildrenListThatCanBeReadOnce_IsReadBeforeTheWait()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 3 });
        JobHandle stored = queue.Add("stored");
        Task<FlowResult> add = test.Flows.AddAsync(new FlowJob("root", "q") { Children = new ThrowingList([s_good, s_good], goodReads: 1) }).AsTask();
        Assert.False(add.IsCompleted);

        stored.Cancel();
        FlowResult flow = await add.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(2, flow.Children.Count);
        test.Work("q");
        test.Pump();
        Assert.Equal(0, Assert.Single(test.Store.GetQueues()).RoomTaken);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-12")]
    public void Add_SameCustomIdTwiceInOneQueue_IsRefusedUpFront()
    {
        using PumpedStore test = new();
        JobOptions options = new() { CustomId = "id" };
        FlowJob flow = new("root", "q") { Children = [new FlowJob("a", "q") { Options = options }, new FlowJob("b", "q") { Children = [new FlowJob("c", "q") { Options = options }] }] };
        using StoreTraces traces = new(test.Store);

        InvalidFlowException error = Assert.Throws<InvalidFlowException>(() => test.Flows.Add(flow));

        Assert.Equal("children[1].children[0]", error.Path);
        Assert.Contains("'id'", error.Message);
        Assert.Contains("children[0]", error.Message);
        Assert.Throws<InvalidFlowException>(() => test.Flows.AddBulk([new FlowJob("a", "q") { Options = options }, new FlowJob("b", "q") { Options = options }]));
        traces.AssertNone();
        test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("a", "q") { Options = options }, new FlowJob("b", "other") { Options = options }] });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Behaviour", "FLOW-15")]
    public void Add_CustomIdOfAStoredJob_RefusesTheFlowAndNamesTheNode(bool hasEnded)
    {
        using PumpedStore test = new();
        JobOptions options = new() { CustomId = "id" };
        JobHandle stored = test.Queue("q").Add("stored", "old", options);
        if (hasEnded)
        {
            stored.Cancel("over");
        }

        JobInfo before = stored.GetInfo();
        using StoreTraces traces = new(test.Store);

        DuplicateJobException error = Assert.Throws<DuplicateJobException>(() => test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [s_good, new FlowJob("middle", "q") { Children = [s_good, s_good, new FlowJob("clash", "q", "new") { Options = options }] }],
        }));

        Assert.Equal(("children[1].children[2]", "id", "q", stored.Id), (error.Path, error.CustomId, error.QueueName, error.ExistingId));
        Assert.Contains("children[1].children[2]", error.Message);
        Assert.Contains("'id'", error.Message);
        Assert.Throws<DuplicateJobException>(() => test.Flows.Add(new FlowJob("root", "q") { Options = options }));
        traces.AssertNone();
        JobInfo after = stored.GetInfo();
        Assert.Equal(("stored", "old", before.State, before.Reason, "id"), (after.Name, after.Data, after.State, after.Reason, after.CustomId));
        Assert.True(test.Queue("q").TryGetJob("id", out JobHandle found));
        Assert.Equal(stored, found);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(5000, 1)]
    [Trait("Behaviour", "FLOW-20")]
    public void Add_TreeThatContainsItself_IsAClearError(int levels, int width)
    {
        using PumpedStore test = new();
        FlowJob[] chain = [.. Enumerable.Range(0, levels).Select(static level => new FlowJob($"level-{level}", "q"))];
        for (int level = 0; level < levels; level++)
        {
            for (int i = 0; i < width; i++)
            {
                chain[level].Children.Add(chain[(level + 1) % levels]);
            }
        }

        FlowJob outside = new("outside", "q") { Children = [s_good, chain[0]] };
        using StoreTraces traces = new(test.Store);

        Assert.All([chain[0], outside], flow =>
        {
            InvalidFlowException error = Assert.Throws<InvalidFlowException>(() => test.Flows.Add(flow));
            Assert.Contains("contains itself", error.Message);
            Assert.Contains("'level-", error.Message);
        });

        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "FLOW-61")]
    public void Add_DescriptorSharedAtEachOfFortyLevels_IsRefusedAtOnceWithItsCount()
    {
        using PumpedStore test = new();
        FlowJob flow = new("leaf", "q");
        for (int level = 0; level < 40; level++)
        {
            flow = new FlowJob($"level-{level}", "q") { Children = [flow, flow] };
        }

        using StoreTraces traces = new(test.Store);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidFlowException error = Assert.Throws<InvalidFlowException>(() => test.Flows.Add(flow));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("2,199,023,255,551 jobs", error.Message);
        Assert.True(allocated < 64 << 20, $"{allocated:N0} bytes were taken before the refusal");
        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "FLOW-40")]
    public async Task Add_DisposedStore_ThrowsObjectDisposed()
    {
        JobStore store = new();
        FlowProducer flows = new(store);
        JobQueue queue = store.GetQueue("q");
        queue.Add("job");
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => flows.Add(s_good));
        Assert.Throws<ObjectDisposedException>(() => flows.AddBulk([s_good]));
        Assert.Throws<ObjectDisposedException>(() => flows.AddBulk([]));
        Assert.Throws<ObjectDisposedException>(() => flows.TryAdd(s_good, out _));
        Assert.Throws<ObjectDisposedException>(() => flows.Start(s_good));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flows.AddAsync(s_good).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await flows.RunAsync<object?>(s_good));
        Assert.Throws<ObjectDisposedException>(() => queue.Add("job"));
        Assert.Throws<ObjectDisposedException>(() => queue.Add("job", 1));
        Assert.Throws<ObjectDisposedException>(() => queue.Add(new JobRequest<int>("job", 1)));
        Assert.Throws<ObjectDisposedException>(() => queue.TryAdd(new JobRequest<int>("job", 1), out _));
        Assert.Throws<ObjectDisposedException>(() => queue.AddBulk<int>([new JobRequest<int>("job", 1)]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await queue.AddAsync("job", 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await queue.RunAsync<int, int>("job", 1));
        Assert.Throws<ObjectDisposedException>(() => store.GetQueue("q"));
    }
}
