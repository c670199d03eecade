using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

public class BulkTests
{
    [Fact]
    [Trait("Behaviour", "BLK-01")]
    [Trait("Behaviour", "BLK-08")]
    public void AddBulk_SeveralJobs_AddsAllAndAnswersInInputOrder()
    {
        using PumpedStore test = new();
        JobRequest<int>[] requests = [.. Enumerable.Range(0, 100).Select(static i => new JobRequest<int>($"job-{i}", i))];

        JobHandle[] listed = test.Queue("q").AddBulk(requests);
        JobHandle[] spanned = new JobHandle[requests.Length];
        test.Queue("q").AddBulk<int>(requests, spanned);

        Assert.Equal(200, test.Queue("q").GetJobCounts().Waiting);
        Assert.Equal(requests.Length, listed.Length);
        Assert.Equal(200, listed.Concat(spanned).Distinct().Count());
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(($"job-{i}", i), (listed[i].GetInfo().Name, listed[i].GetInfo().Data));
            Assert.Equal(($"job-{i}", i), (spanned[i].GetInfo().Name, spanned[i].GetInfo().Data));
        }
    }

    /// <summary>Another thread that looks at the caller's span could act on a job that may yet be refused.</summary>
    [Fact]
    [Trait("Behaviour", "BLK-08")]
    public void AddBulk_BeforeItsCommit_GivesNoHandleAway()
    {
        CallingTime time = new();
        using JobStore store = new(new JobStoreOptions { TimeProvider = time });
        JobHandle[] handles = new JobHandle[2];
        JobHandle[] seen = [];
        JobRequest<int>[] requests = [new("first", 1), new("second", 2) { Delay = TimeSpan.FromSeconds(1) }];
        JobQueue queue = store.GetQueue("q");
        void Look() => (seen, time.Next) = ([.. handles], Look);
        time.Next = Look;

        queue.AddBulk<int>(requests, handles);
        time.Next = null;

        Assert.Equal([default, default], seen);
        Assert.All(handles, static handle => Assert.NotEqual(default, handle));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(5000)]
    [Trait("Behaviour", "BLK-08")]
    public void AddBulk_AnyLength_AnswersWithAHandleForEachItem(int length)
    {
        using PumpedStore test = new();
        JobOptions known = new() { CustomId = "known" };
        JobHandle stored = test.Queue("q").Add("stored", known);

        JobHandle[] handles = test.Queue("q").AddBulk(Enumerable.Range(0, length).Select(i => new JobRequest<int>("job", i) { Options = i % 3 == 0 ? known : null }));

        Assert.Equal(length, handles.Length);
        Assert.All(handles, (handle, i) => Assert.Equal(i % 3 == 0, handle == stored));
        Assert.All(handles, static handle => Assert.Equal(JobState.Waiting, handle.State));
    }

    [Fact]
    [Trait("Behaviour", "BLK-02")]
    public void AddBulk_NoItems_AnswersEmptyWithoutAnEvent()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("other");
        using StoreTraces traces = new(test.Store);

        Assert.Empty(test.Queue("q").AddBulk<int>([]));
        test.Queue("q").AddBulk(ReadOnlySpan<JobRequest<int>>.Empty, []);

        traces.AssertNone();
    }

    [Fact]
    [Trait("Behaviour", "BLK-03")]
    public void AddBulk_OptionsPerItem_ItemWinsOverOptionsOverQueueOverStore()
    {
        using PumpedStore test = new(defaults: new JobOptions { Attempts = 7, Priority = 70, FailParentOnChildFailure = ChildFailurePolicy.Ignore });
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { DefaultJobOptions = new JobOptions { Attempts = 5, Priority = 50 } });
        JobOptions own = new() { Attempts = 3, Priority = 30, CustomId = "by options" };

        JobInfo[] jobs =
        [
            .. queue.AddBulk<int>(
            [
                new JobRequest<int>("defaults", 0),
                new JobRequest<int>("options", 1) { Options = own },
                new JobRequest<int>("item", 2) { Options = own, Priority = 10, CustomId = "by item" },
                new JobRequest<int>("mixed", 3) { Options = new JobOptions { Attempts = 2 } },
            ]).Select(static handle => handle.GetInfo()),
        ];

        Assert.Equal([5, 3, 3, 2], jobs.Select(static job => job.Attempts));
        Assert.Equal([50, 30, 10, 50], jobs.Select(static job => job.Priority));
        Assert.Equal([null, "by options", "by item", null], jobs.Select(static job => job.CustomId));
        Assert.All(jobs, static job => Assert.Equal(ChildFailurePolicy.Ignore, job.FailParentOnChildFailure));
    }

    [Fact]
    public void AddBulk_ClosedQueue_IsRefused()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        queue.Close();
        using StoreTraces traces = new(test.Store);

        Assert.Throws<ObjectDisposedException>(() => queue.AddBulk<int>([new JobRequest<int>("job", 1)]));
        Assert.Throws<ObjectDisposedException>(() => queue.AddBulk<int>(new[] { new JobRequest<int>("job", 1) }, new JobHandle[1]));
        Assert.Throws<ObjectDisposedException>(() => queue.AddBulk<int>([]));

        traces.AssertNone();
        Assert.Single(test.Queue("q").AddBulk<int>([new JobRequest<int>("job", 1)]));
    }

    [Fact]
    [Trait("Behaviour", "BLK-05")]
    public void AddBulk_OneInvalidItem_AddsNothing()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobQueue bounded = test.Store.GetQueue("bounded", new JobQueueOptions { Capacity = 10 });
        JobRequest<int> valid = new("job", 1) { CustomId = "id" };
        using StoreTraces traces = new(test.Store);

        foreach (JobQueue each in new[] { queue, bounded })
        {
            Assert.Throws<ArgumentException>(() => each.AddBulk<int>([valid, default, valid]));
            Assert.Throws<ArgumentException>(() => each.AddBulk<int>([valid, new JobRequest<int>("", 2)]));
            Assert.Throws<ArgumentException>(() => each.AddBulk<int>([valid, new JobRequest<int>("job", 2) { CustomId = "\n" }]));
            Assert.Throws<ArgumentOutOfRangeException>(() => each.AddBulk<int>([valid, new JobRequest<int>("job", 2) { Options = new JobOptions { Attempts = 0 } }]));
            Assert.Throws<ArgumentException>(() => each.AddBulk<int>(new[] { valid, valid }, new JobHandle[1]));
            Assert.Throws<TimeoutException>(() => each.AddBulk(Failing()));
        }

        traces.AssertNone();

        IEnumerable<JobRequest<int>> Failing()
        {
            yield return valid;
            throw new TimeoutException("The source failed.");
        }
    }

    [Fact]
    [Trait("Behaviour", "BLK-06")]
    public void AddBulk_CustomIds_AreFoundAndOneJobHasEach()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle stored = queue.Add("stored", new JobOptions { CustomId = "b" });
        using HeardEvents duplicated = new(test.Store.Events, JobEventType.Duplicated);

        JobHandle[] handles = queue.AddBulk(new[] { "c", "b", "a", "c", "b", null, "" }.Select(static id => new JobRequest<int>("job", 0) { CustomId = id }));

        Assert.Equal(["c", "b", "a", "c", "b", null, null], handles.Select(static handle => handle.GetInfo().CustomId));
        Assert.Equal(stored, handles[1]);
        Assert.Equal(stored, handles[4]);
        Assert.Equal(handles[0], handles[3]);
        Assert.NotEqual(handles[5], handles[6]);
        Assert.Equal(5, queue.GetJobCounts().Waiting);
        Assert.Equal(3, duplicated.Count);
        Assert.True(queue.TryGetJob("a", out JobHandle found));
        Assert.Equal(handles[2], found);
        Assert.True(queue.TryGetJob("c", out found));
        Assert.Equal(handles[0], found);
    }

    [Fact]
    public void AddBulk_CustomIdTwiceOnAKeyThatIsTaken_AnnouncesTheJobThatHasTheKey()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobHandle holder = queue.Add("holder", new JobOptions { Deduplication = Deduplication.ByKey("k") });
        List<JobEvent> heard = [];
        test.Store.Events.Subscribe(heard.Add, JobEventType.Duplicated, JobEventType.Deduplicated);

        JobRequest<int> request = new("job", 0) { CustomId = "a", DeduplicationKey = "k" };
        JobHandle[] handles = queue.AddBulk([request, request]);

        Assert.Equal([holder, holder], handles);
        Assert.Equal([(JobEventType.Duplicated, holder), (JobEventType.Deduplicated, holder)], heard.Select(static e => (e.Type, e.Job)));
    }

    [Fact]
    public void AddBulk_CustomIdsInABoundedQueue_DuplicatesGiveTheirRoomBack()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 3 });
        queue.AddBulk<int>([new JobRequest<int>("job", 0) { CustomId = "a" }, new JobRequest<int>("job", 1) { CustomId = "a" }]);

        queue.AddBulk<int>([new JobRequest<int>("job", 2), new JobRequest<int>("job", 3)]);

        Assert.Equal(3, queue.GetJobCounts().Waiting);
        Assert.Throws<QueueFullException>(() => queue.Add("one more"));
    }

    [Fact]
    [Trait("Behaviour", "BLK-09")]
    public void AddBulk_OnePriority_RunsInInputOrder()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("before");
        test.Queue("q").AddBulk(Enumerable.Range(0, 1000).Select(static i => new JobRequest<int>($"{i}", i)));
        test.Queue("q").Add("after");
        test.Work("q");

        test.Pump();

        Assert.Equal(["before", .. Enumerable.Range(0, 1000).Select(static i => $"{i}"), "after"], test.Ran);
    }
}
