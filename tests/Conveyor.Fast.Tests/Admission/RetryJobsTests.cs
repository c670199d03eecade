using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Retrying all ended jobs of a queue.</summary>
public class RetryJobsTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Fact]
    [Trait("Behaviour", "MGT-10")]
    [Trait("Behaviour", "MGT-13")]
    public void RetryJobs_OfFailedAndCanceledJobs_MakesThemLikeNewOnes()
    {
        using PumpedStore test = new();
        bool isBroken = true;
        test.Work("q", job =>
        {
            job.Log("line");
            if (isBroken && job.Name == "discarded")
            {
                job.Discard();
            }

            return isBroken ? throw new InvalidOperationException("boom") : "value";
        });
        JobQueue queue = test.Queue("q");
        JobOptions twice = new() { Attempts = 2 };
        JobHandle failed = queue.Add("failed", twice);
        JobHandle discarded = queue.Add("discarded", twice);
        test.Pump();
        JobHandle canceled = queue.Add("canceled", twice);
        canceled.Cancel("enough");
        Assert.Equal([2, 1, 0], new[] { failed, discarded, canceled }.Select(static job => job.GetInfo().AttemptsMade));

        Assert.Equal(2, queue.RetryJobs());
        Assert.Equal(JobState.Canceled, canceled.State);
        Assert.Equal(1, queue.RetryJobs(JobState.Canceled));
        Assert.Equal((0, 0, 0), (queue.RetryJobs(), queue.RetryJobs(JobState.Canceled), queue.RetryJobs(JobState.Completed)));

        Assert.All([failed, discarded, canceled], static job =>
        {
            JobInfo info = job.GetInfo();
            Assert.Equal((JobState.Waiting, 0, null, null, null, null, null), (info.State, info.AttemptsMade, info.Value, info.Reason, info.Error, info.StartedAt, info.EndedAt));
            Assert.Empty(info.History);
        });
        test.Store.Pump(3);
        Assert.Equal([JobState.Waiting, JobState.Failed, JobState.Waiting], new[] { failed, discarded, canceled }.Select(static job => job.State));
        isBroken = false;
        test.Pump();
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Completed], new[] { failed, discarded, canceled }.Select(static job => job.State));
    }

    [Fact]
    [Trait("Behaviour", "MGT-14")]
    public void RetriedJobs_RunInTheOrderInWhichTheyEnded_ChildrenBeforeTheirParents()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker ender = test.Work("q", held, concurrency: 4);
        JobQueue queue = test.Queue("q");
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            queue.Add(name);
        }

        test.Pump();
        HeldRun[] runs = [held.Next(), held.Next(), held.Next(), held.Next()];
        foreach (int i in (int[])[2, 0, 3, 1])
        {
            runs[i].Throw(new InvalidOperationException("boom"));
            test.Pump(); // All at one time by the clock.
        }

        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        test.Pump();
        HeldRun child = held.Next();
        flow.Job.Cancel(); // Ends before its child.
        test.Time.Advance(s_limit);
        child.Return();
        test.Pump();
        queue.Add("e");
        test.Pump();
        held.Next().Throw(new InvalidOperationException("boom"));
        test.Pump();
        Assert.Equal([JobState.Canceled, JobState.Canceled], [flow.Job.State, flow.Children[0].Job.State]);
        ender.Pause();
        test.Work("q");

        Assert.Equal(2, queue.RetryJobs(JobState.Canceled));
        Assert.Equal(5, queue.RetryJobs());
        test.Pump();

        Assert.Equal(["child", "parent", "c", "a", "d", "b", "e"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "MGT-16")]
    public async Task RetryJobs_WhileAWorkerSleeps_AnnouncesAndWakesIt()
    {
        await using LiveStore test = new();
        bool isBroken = true;
        test.Work("q", (_, _) => isBroken ? throw new InvalidOperationException("boom") : ValueTask.FromResult<object?>("value"));
        JobHandle[] jobs = [test.Queue("q").Add("a"), test.Queue("q").Add("b")];
        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).AsTask().Within();
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(heard.Add, JobEventType.Waiting);
        isBroken = false;

        Assert.Equal(2, test.Queue("q").RetryJobs());
        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).AsTask().Within();

        Assert.Equal([JobState.Completed, JobState.Completed], jobs.Select(static job => job.State));
        Assert.Equal([("a", JobState.Failed), ("b", JobState.Failed)], heard.Select(static occurrence => (occurrence.JobName, occurrence.PreviousState)));
    }

    [Fact]
    [Trait("Behaviour", "FRT-08")]
    public void RetryJobs_OfAFailedParentAndItsFailedChild_RunsTheChildThenTheParentOnce()
    {
        using PumpedStore test = new();
        bool isBroken = true;
        test.Work("q", job => isBroken && job.Name != "other" ? throw new InvalidOperationException("boom") : string.Join(' ', job.Children.Select(static child => child.State)));
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("parent", "q") { Children = [new FlowJob("child", "q"), new FlowJob("other", "q")] }] });
        test.Pump();
        Assert.Equal((JobState.Failed, JobState.Failed), (flow.Job.State, flow.Children[0].Job.State));
        test.Ran.Clear();
        isBroken = false;

        Assert.Equal(3, test.Queue("q").RetryJobs());

        Assert.Equal((JobState.WaitingChildren, JobState.WaitingChildren), (flow.Job.State, flow.Children[0].Job.State));
        test.Pump();
        Assert.Equal(["child", "parent", "root"], test.Ran);
        Assert.Equal("Completed Completed", flow.Children[0].Job.GetInfo().Value);
    }

    [Fact]
    [Trait("Behaviour", "FRT-09")]
    public void RetryJobs_OfACompletedFlow_RunsEachJobOnceMore()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("parent", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] }] });
        test.Pump();
        test.Ran.Clear();

        Assert.Equal(4, test.Queue("q").RetryJobs(JobState.Completed));
        IntegrityChecker.Check(test.Store);
        test.Pump();

        Assert.Equal(["a", "b", "parent", "root"], test.Ran);
        Assert.Equal(JobState.Completed, flow.Job.State);
        Assert.Equal(4, test.Queue("q").GetJobCounts().Completed);
    }

    [Fact]
    public void RetryJobs_WhileARunIsStillOut_LeavesThatJobAlone()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, concurrency: 2);
        JobOptions limited = new() { Timeout = s_limit };
        test.Queue("q").Add("late", limited);
        test.Queue("q").Add("other", limited);
        test.Pump();
        HeldRun late = held.Next();
        HeldRun other = held.Next();
        test.PumpAfter(s_limit);
        other.Return();
        test.Pump();

        Assert.Equal(1, test.Queue("q").RetryJobs());
        test.Pump();
        Assert.Equal("other", held.Next().Job.Name);
        late.Return();
        test.Pump();
        Assert.Equal(1, test.Queue("q").RetryJobs());
    }

    [Theory]
    [InlineData(JobState.None)]
    [InlineData(JobState.WaitingChildren)]
    [InlineData(JobState.Delayed)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Active)]
    public void RetryJobs_OfAStateThatIsNoEnd_IsRefused(JobState state)
    {
        using PumpedStore test = new();
        Assert.Throws<ArgumentOutOfRangeException>(nameof(state), () => test.Queue("q").RetryJobs(state));
    }
}
