using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

public class DeduplicationTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly JobOptions s_keyed = new() { Deduplication = Deduplication.ByKey("k") };

    [Fact]
    [Trait("Behaviour", "DED-01")]
    [Trait("Behaviour", "DED-14")]
    public async Task Add_KeyOfAnUnfinishedJob_AnswersWithItAndAddsAndAnnouncesNothingNew()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle first = queue.Add("first", 1, s_keyed);
        List<JobEventType> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe((Action<JobEvent>)(one => heard.Add(one.Type)));

        Assert.Equal(first, queue.Add("second", 2, s_keyed));
        Assert.Equal(first, queue.Add(new JobRequest<int>("second", 2) { DeduplicationKey = "k" }));
        Assert.True(queue.TryAdd(new JobRequest<int>("second", 2) { Options = s_keyed }, out JobHandle tried));
        Assert.Equal(first, tried);
        Assert.Equal(first, await queue.AddAsync("second", 2, s_keyed, TestContext.Current.CancellationToken).Within());

        Assert.Equal(Enumerable.Repeat(JobEventType.Deduplicated, 4), heard);
        Assert.Equal(1, queue.GetJobCounts().Waiting);
        Assert.Equal(("first", 1, "k"), (first.GetInfo().Name, first.GetInfo().Data, first.GetInfo().DeduplicationKey));
    }

    [Fact]
    public async Task RunAsync_KeyOfAnUnfinishedJob_WaitsForThatJob()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("first", 1, s_keyed);
        ValueTask<int> plain = test.Queue("q").RunAsync<int, int>("second", 2, s_keyed, TestContext.Current.CancellationToken);
        ValueTask<int> flow = test.Flows.RunAsync<int>(new FlowJob("third", "q", 3) { Options = s_keyed }, TestContext.Current.CancellationToken);
        using Worker worker = test.Work("q", static job => job.GetData<int>());
        test.Pump();

        Assert.Equal((1, 1), (await plain.Within(), await flow.Within()));
        Assert.Equal(["first"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "DED-07")]
    public void Add_KeyOfAnEndedJob_AddsANewOne()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        using Worker worker = test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("boom") : null);
        JobHandle completed = queue.Add("good", s_keyed);
        test.Pump();
        JobHandle failed = queue.Add("bad", s_keyed);
        test.Pump();
        JobHandle canceled = queue.Add("good", s_keyed);
        Assert.True(canceled.Cancel());
        JobHandle removed = queue.Add("good", s_keyed);
        Assert.True(removed.Remove());
        JobHandle last = queue.Add("good", s_keyed);

        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Canceled, JobState.None, JobState.Waiting], new[] { completed, failed, canceled, removed, last }.Select(static job => job.State));
        Assert.Equal(5, new[] { completed, failed, canceled, removed, last }.Distinct().Count());
    }

    [Fact]
    public void Add_KeyOfAnActiveJobOrOneThatWaitsForItsNextAttempt_AnswersWithIt()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        List<JobHandle> answers = [];
        using Worker worker = test.Work("q", _ =>
        {
            answers.Add(queue.Add("second", s_keyed));
            throw new InvalidOperationException("boom");
        });
        JobHandle first = queue.Add("first", new JobOptions { Deduplication = Deduplication.ByKey("k"), Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromMinutes(1)) });
        test.Pump();

        Assert.Equal(JobState.Delayed, first.State);
        answers.Add(queue.Add("second", s_keyed));
        Assert.Equal([first, first], answers);
    }

    [Fact]
    [Trait("Behaviour", "DED-10")]
    public void Add_SameKeyInAnotherQueue_IsAnotherJob()
    {
        using PumpedStore test = new();

        Assert.NotEqual(test.Queue("one").Add("job", s_keyed), test.Queue("two").Add("job", s_keyed));
        Assert.Equal((1, 1), (test.Queue("one").GetJobCounts().Waiting, test.Queue("two").GetJobCounts().Waiting));
    }

    [Fact]
    [Trait("Behaviour", "DED-12")]
    [Trait("Behaviour", "DED-13")]
    public void AddBulk_KeysOfAStoredJobAndOfEachOther_AnswersInOrderAndAddsTheRest()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle stored = queue.Add("stored", s_keyed);

        JobHandle[] handles = queue.AddBulk(
        [
            new JobRequest<int>("a", 0) { DeduplicationKey = "new" },
            new JobRequest<int>("b", 1),
            new JobRequest<int>("c", 2) { DeduplicationKey = "k" },
            new JobRequest<int>("d", 3) { DeduplicationKey = "new" },
            new JobRequest<int>("e", 4),
        ]);

        Assert.Equal(stored, handles[2]);
        Assert.Equal(handles[0], handles[3]);
        Assert.Equal(["a", "b", "stored", "a", "e"], handles.Select(static handle => handle.GetInfo().Name));
        Assert.Equal(4, queue.GetJobCounts().Waiting);
    }

    [Fact]
    public void AddBulk_ItemLedByItsCustomIdToOneThatItsKeyDrops_FollowsIt()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle stored = queue.Add("stored", s_keyed);

        JobHandle[] handles = queue.AddBulk([new JobRequest<int>("a", 0) { CustomId = "id", DeduplicationKey = "k" }, new JobRequest<int>("b", 1) { CustomId = "id" }]);

        Assert.Equal([stored, stored], handles);
        Assert.False(queue.TryGetJob("id", out _));
        Assert.NotEqual(stored, queue.Add("c", new JobOptions { CustomId = "id" }));
    }

    [Fact]
    public void Add_CustomIdAndKey_EitherOneAnswers()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle byId = queue.Add("one", new JobOptions { CustomId = "id" });
        JobHandle byKey = queue.Add("two", s_keyed);
        Assert.Equal(byId, queue.Add("three", new JobOptions { CustomId = "id", Deduplication = Deduplication.ByKey("free") }));
        Assert.Equal(byKey, queue.Add("four", new JobOptions { CustomId = "other", Deduplication = Deduplication.ByKey("k") }));

        Assert.False(queue.TryGetJob("other", out _));
        Assert.NotEqual(byId, queue.Add("five", new JobOptions { Deduplication = Deduplication.ByKey("free") }));
        Assert.Equal(3, queue.GetJobCounts().Waiting);
    }

    [Fact]
    [Trait("Behaviour", "DED-23")]
    public void Deduplicated_OfAddsBulksAndFlows_NamesTheKeptAndTheDroppedId()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle kept = queue.Add("kept", s_keyed);
        List<JobEvent> heard = [];
        using IDisposable subscription = queue.Events.Subscribe((Action<JobEvent>)heard.Add, JobEventType.Deduplicated);
        queue.Add("dropped", s_keyed);
        queue.AddBulk([new JobRequest<int>("dropped", 1) { DeduplicationKey = "k" }]);
        test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("dropped", "q") { Options = s_keyed }] });

        Assert.Equal([kept, kept, kept], heard.Select(static one => one.Job));
        JobId[] dropped = [.. heard.Select(static one => one.DroppedId!.Value)];
        Assert.Equal(4, dropped.Append(kept.Id).Distinct().Count());
        Assert.All(dropped, id => Assert.False(test.Store.TryGetJob(id, out _)));
    }

    [Fact]
    public void Add_ToAFullQueue_OfAKeyThatIsLiveNeedsNoRoom()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 1 });
        JobHandle first = queue.Add("first", s_keyed);

        Assert.Equal(first, queue.Add("second", s_keyed));
        Assert.Throws<QueueFullException>(() => queue.Add("third"));
        Assert.Equal(1, Assert.Single(test.Store.GetQueues()).RoomTaken);
    }

    [Fact]
    public void Retry_OfAJobWhoseKeyIsFree_TakesItAgain()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle first = queue.Add("first", s_keyed);
        Assert.True(first.Cancel());
        JobHandle second = queue.Add("second", s_keyed);
        first.Retry();
        Assert.Equal(second, queue.Add("third", s_keyed));
        Assert.True(first.Cancel());
        Assert.Equal(second, queue.Add("third", s_keyed));
        Assert.True(second.Cancel());
        first.Retry();

        Assert.Equal(first, queue.Add("third", s_keyed));
    }

    [Fact]
    public void ByKey_OfWhatIsNoKey_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Deduplication.ByKey(null!));
        Assert.Throws<ArgumentException>(() => Deduplication.ByKey(""));
        Assert.Throws<ArgumentException>(() => Deduplication.ByKey(new string('x', 256)));
        Assert.Throws<ArgumentException>(() => new JobRequest<int>("job", 1) { DeduplicationKey = "a\nb" });
        Assert.Null(new JobRequest<int>("job", 1) { DeduplicationKey = "" }.DeduplicationKey);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-23")]
    public async Task Add_ChildlessRootsWithTheSameKey_ResolveToOneJob()
    {
        using PumpedStore test = new();
        FlowJob root = new("root", "q") { Options = s_keyed };
        JobHandle existing = test.Flows.Add(root).Job;
        Assert.Equal(existing, test.Flows.Add(root).Job);
        Assert.Equal(existing, test.Flows.Start(root));

        for (int round = 0; round < 100; round++)
        {
            FlowJob fresh = new("root", "q") { Options = new JobOptions { Deduplication = Deduplication.ByKey($"round {round}") } };
            using Barrier start = new(8);
            Task<JobHandle>[] adds = [.. Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(s_limit);
                    return test.Flows.Add(fresh).Job;
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];
            JobHandle[] jobs = await Task.WhenAll(adds).Within();
            Assert.Equal(JobState.Waiting, Assert.Single(jobs.Distinct()).State);
        }

        Assert.Equal(101, test.Queue("q").GetJobCounts().Waiting);
    }

    [Fact]
    public void AddBulk_OfFlowsWithOneKey_MakesOneJobThatAllWaitFor()
    {
        using PumpedStore test = new();
        using Worker worker = test.Work("q", static job => job.GetData<object>() ?? job.GetChildrenValues<int>().Sum());
        FlowJob leaf = new("leaf", "q", 5) { Options = s_keyed };
        IReadOnlyList<FlowResult> flows = test.Flows.AddBulk([new FlowJob("one", "q") { Children = [leaf] }, leaf, new FlowJob("two", "q") { Children = [leaf] }]);
        Assert.Single(flows.Select(static flow => flow.Children.Count == 0 ? flow.Job : flow.Children[0].Job).Distinct());
        test.Pump();

        Assert.Equal([5, 5, 5], flows.Select(static flow => flow.Job.GetInfo().Value));
        Assert.Equal(1, test.Ran.Count(static name => name == "leaf"));
    }
}
