using Conveyor.Fast.Tests.Support;
using static Conveyor.Fast.ChildFailurePolicy;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Removing all that waits in a queue.</summary>
public class DrainTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    [Trait("Behaviour", "MGT-18")]
    [Trait("Behaviour", "MGT-19")]
    public void Drain_OfAQueue_RemovesWhatWaitsAndKeepsTheRest(bool keepDelayed, int removed)
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "failed" ? throw new InvalidOperationException("boom") : null);
        HeldHandler held = new();
        using Worker slow = test.Work("slow", held);
        JobQueue queue = test.Queue("q");
        JobHandle completed = queue.Add("completed");
        JobHandle failed = queue.Add("failed");
        JobHandle other = test.Queue("other").Add("other");
        test.Pump();
        JobHandle canceled = queue.Add("canceled");
        canceled.Cancel();
        JobHandle waiting = queue.Add("waiting", new JobOptions { Priority = 99 });
        JobHandle delayed = queue.AddDelayed("delayed", 0, s_hour);
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        JobHandle active = test.Queue("slow").Add("active");
        test.Store.Pump(0);

        Assert.Equal(removed, queue.Drain(keepDelayed));

        Assert.All([waiting, flow.Job, flow.Children[0].Job], static gone => Assert.Equal(JobState.None, gone.State));
        Assert.Equal(keepDelayed ? JobState.Delayed : JobState.None, delayed.State);
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Canceled, JobState.Waiting, JobState.Waiting], new[] { completed, failed, canceled, other, active }.Select(static job => job.State));
        Assert.Equal(keepDelayed ? s_hour : null, test.Store.NextDue);
        test.PumpAfter(s_hour);
        Assert.Equal(keepDelayed ? ["completed", "failed", "delayed"] : ["completed", "failed"], test.Ran);
        Assert.Equal(0, queue.Drain());
        held.Next().Return();
        test.Pump();
    }

    [Fact]
    [Trait("Behaviour", "MGT-20")]
    public void Drain_WhileTheWorkersArePausedOrAHandlerRuns_LeavesTheRunAlone()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle active = test.Queue("q").Add("active");
        JobHandle waiting = test.Queue("q").Add("waiting");
        test.Pump();
        worker.Pause();

        Assert.Equal(1, test.Queue("q").Drain());

        Assert.Equal((JobState.Active, JobState.None), (active.State, waiting.State));
        worker.Resume();
        held.Next().Return("value");
        test.Pump();
        Assert.Equal(JobState.Completed, active.State);
        held.AssertNoneStarted();
    }

    [Theory]
    [InlineData(Fail)]
    [InlineData(Ignore)]
    [InlineData(Remove)]
    [Trait("Behaviour", "FRM-13")]
    public void Drain_OfAChildQueue_CountsEachChildWithoutAValueAndReleasesTheParents(ChildFailurePolicy policy)
    {
        using PumpedStore test = new();
        test.Work("parents", static job => string.Join(' ', job.GetChildrenValues<string>()));
        test.Work("done", static _ => "value");
        JobOptions options = new() { FailParentOnChildFailure = policy };
        JobHandle first = test.Flows.Add(new FlowJob("first", "parents") { Options = options, Children = [new FlowJob("a", "q"), new FlowJob("b", "q"), new FlowJob("c", "done")] }).Job;
        JobHandle second = test.Flows.Add(new FlowJob("second", "parents") { Options = options, Children = [new FlowJob("d", "q") { Options = new JobOptions { Delay = s_hour } }] }).Job;
        test.Pump();
        Assert.Equal((JobState.WaitingChildren, 2), (first.State, first.GetInfo().PendingChildren));

        Assert.Equal(3, test.Queue("q").Drain());

        Assert.Equal((JobState.Waiting, 0), (first.State, first.GetInfo().PendingChildren));
        test.Pump();
        Assert.Equal([("value", JobState.Completed), ("", JobState.Completed)], new[] { first, second }.Select(static job => ((string)job.GetInfo().Value!, job.State)));
    }

    [Fact]
    [Trait("Behaviour", "FRM-15")]
    public void Drain_OfAQueueWithParentsAndChildren_ReleasesAndStartsNoneOfThem()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Work("elsewhere");
        List<JobEvent> heard = [];
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Children =
            [
                new FlowJob("middle", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q") { Options = new JobOptions { Delay = s_hour } }] },
                new FlowJob("away", "elsewhere") { Children = [new FlowJob("c", "q")] },
                new FlowJob("d", "elsewhere"),
            ],
        });
        using IDisposable subscription = test.Store.Events.Subscribe(heard.Add);

        Assert.Equal(5, test.Queue("q").Drain());

        Assert.Equal(["a", "b", "c", "middle", "root"], heard.Where(static occurrence => occurrence.Type == JobEventType.Removed).Select(static occurrence => occurrence.JobName).Order());
        Assert.Equal(["away"], heard.Where(static occurrence => occurrence.Type != JobEventType.Removed).Select(static occurrence => occurrence.JobName));
        test.Pump();
        Assert.Equal(["away", "d"], test.Ran.Order());
        Assert.Equal([JobState.Completed, JobState.Completed], new[] { flow.Children[1].Job, flow.Children[2].Job }.Select(static job => job.State));
        Assert.Equal(default, test.Queue("q").GetJobCounts());
    }

    [Fact]
    public void Drain_OfALeafThatSeveralParentsWaitFor_CountsForEachOfThem()
    {
        using PumpedStore test = new();
        test.Work("parents");
        JobOptions key = new() { Deduplication = Deduplication.ByKey("key") };
        JobHandle[] parents = [.. Enumerable.Range(0, 3).Select(i => test.Flows.Add(new FlowJob($"parent {i}", i == 2 ? "q" : "parents") { Children = [new FlowJob("leaf", "q") { Options = key }] }).Job)];

        Assert.Equal(2, test.Queue("q").Drain());

        Assert.Equal([JobState.Waiting, JobState.Waiting, JobState.None], parents.Select(static job => job.State));
        test.Pump();
        Assert.Equal(2, test.Ran.Count);
        Assert.NotEqual(default, test.Queue("q").Add("leaf", key));
        Assert.Equal(1, test.Queue("q").Drain());
    }

    [Fact]
    public void Drain_OfTheQueueOfASchedule_LeavesTheNextJob()
    {
        using PumpedStore test = new();
        JobSchedule schedule = test.Queue("q").AddSchedule("s", new RepeatOptions { Every = s_hour }, "job", 0);

        Assert.Equal(1, test.Queue("q").Drain());

        Assert.Equal(JobState.None, schedule.Job.State);
        Assert.True(test.Queue("q").TryGetSchedule("s", out JobSchedule? next));
        Assert.NotEqual(schedule.Job, next.Job);
        Assert.Equal(JobState.Delayed, next.Job.State);
    }

    [Fact]
    public async Task Drain_OfABoundedQueue_GivesRoomIdsAndKeysBackAndEndsWaits()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 2 });
        JobOptions options = new() { CustomId = "id" };
        JobHandle first = queue.Add("first", options);
        queue.Add("second", new JobOptions { Deduplication = Deduplication.ByKey("key") });
        Task wait = first.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask();
        Task<JobHandle> third = queue.AddAsync("third", 0, cancellationToken: TestContext.Current.CancellationToken).AsTask();
        Assert.False(third.IsCompleted);

        Assert.Equal(2, queue.Drain());

        await Assert.ThrowsAsync<JobNotFoundException>(() => wait.Within());
        Assert.Equal(JobState.Waiting, (await third.Within()).State);
        Assert.False(queue.TryGetJob("id", out _));
        Assert.NotEqual(first, queue.Add("again", options));
    }

    [Fact]
    public void Drain_OfAQueueThatWasNeverUsed_MakesNone()
    {
        using PumpedStore test = new();
        Assert.Equal(0, test.Queue("q").Drain());
        Assert.Equal(0, test.Queue("q").RetryJobs());
        Assert.Empty(test.Queue("q").Clean(JobState.Failed, TimeSpan.Zero));
        test.Queue("q").Obliterate(force: true);
        Assert.Empty(test.Store.GetQueues());
    }
}
