using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

public class CustomIdTests
{
    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    [InlineData(JobState.WaitingChildren)]
    [Trait("Behaviour", "FLOW-62")]
    public void Add_CustomIdOfAStoredJob_AnswersWithThatJobAndAnnouncesDuplicated(JobState state)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobOptions options = new() { CustomId = "id", Attempts = 1 };
        JobHandle stored = state == JobState.WaitingChildren
            ? test.Flows.Start(new FlowJob("first", "q", "old") { Options = options, Children = [new FlowJob("child", "elsewhere")] })
            : queue.Add("first", "old", options);
        if (state is JobState.Completed or JobState.Failed)
        {
            test.Work("q", _ => state == JobState.Failed ? throw new InvalidOperationException("boom") : "value");
            test.Pump();
        }
        else if (state == JobState.Canceled)
        {
            stored.Cancel();
        }

        JobInfo before = stored.GetInfo();
        Assert.Equal(state, before.State);
        JobCounts counts = queue.GetJobCounts();
        List<JobEvent> heard = [];
        using (test.Store.Events.Subscribe(heard.Add))
        {
            JobHandle again = queue.Add("second", "new", new JobOptions { CustomId = "id", Priority = 9 });

            Assert.Equal(stored, again);
            JobEvent duplicated = Assert.Single(heard);
            Assert.Equal((JobEventType.Duplicated, stored, "q"), (duplicated.Type, duplicated.Job, duplicated.QueueName));
            Assert.True(queue.TryAdd(new JobRequest<string>("third", "new") { CustomId = "id" }, out again));
            Assert.Equal(stored, again);
            Assert.Equal([stored], queue.AddBulk<string>([new JobRequest<string>("fourth", "new") { CustomId = "id" }]));
            Assert.Equal([JobEventType.Duplicated, JobEventType.Duplicated, JobEventType.Duplicated], heard.Select(static e => e.Type));
        }

        JobInfo after = stored.GetInfo();
        Assert.Equal(("first", "old", before.Priority, before.State), (after.Name, after.Data, after.Priority, after.State));
        Assert.Equal((before.AttemptsMade, before.CreatedAt, before.Value, before.Reason), (after.AttemptsMade, after.CreatedAt, after.Value, after.Reason));
        Assert.Equal(counts, queue.GetJobCounts());
    }

    [Fact]
    public async Task Add_CustomIdOfAStoredJobToAFullQueue_NeedsNoRoom()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 1 });
        JobOptions options = new() { CustomId = "id" };
        JobHandle stored = queue.Add("job", options);

        Assert.Equal(stored, queue.Add("job", options));
        Assert.Equal(stored, queue.Add(new JobRequest<int>("job", 1) { CustomId = "id" }));
        Assert.True(queue.TryAdd(new JobRequest<int>("job", 1) { CustomId = "id" }, out JobHandle again));
        Assert.Equal(stored, again);
        Assert.Equal(stored, await queue.AddAsync("job", 1, options, TestContext.Current.CancellationToken));
        Assert.Throws<QueueFullException>(() => queue.Add("job", new JobOptions { CustomId = "another" }));
        Assert.Equal(1, Assert.Single(test.Store.GetQueues()).RoomTaken);
    }

    [Fact]
    public async Task Add_CustomIdOfAJobSeenRemoved_IsANewJobAtOnce()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobOptions options = new() { CustomId = "id" };
        for (int round = 0; round < 3_000; round++)
        {
            JobHandle first = queue.Add("job", options);
            Task removal = Task.Run(() => first.Remove(), TestContext.Current.CancellationToken);
            SpinWait.SpinUntil(() => first.State == JobState.None);

            JobHandle again = queue.Add("job", options);

            Assert.NotEqual(first, again);
            await removal;
            again.Remove();
        }
    }

    [Fact]
    public void Add_CustomIdInAnotherQueueOrOfARemovedJob_IsANewJob()
    {
        using PumpedStore test = new();
        JobOptions options = new() { CustomId = "id" };
        JobHandle first = test.Queue("q").Add("job", options);
        JobHandle elsewhere = test.Queue("other").Add("job", options);
        Assert.NotEqual(first, elsewhere);

        first.Remove();
        JobHandle again = test.Queue("q").Add("job", options);

        Assert.NotEqual(first, again);
        Assert.True(test.Queue("q").TryGetJob("id", out JobHandle found));
        Assert.Equal(again, found);
    }
}
