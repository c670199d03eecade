using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

public class DelayByHandTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Behaviour", "MUT-01")]
    public void Promote_OfADelayedJob_MakesItReadyAtOnce()
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events, JobEventType.Waiting);
        JobHandle job = test.Queue("q").AddDelayed("job", 0, s_second);

        job.Promote();

        Assert.Equal((JobState.Waiting, null, null), (job.State, job.GetInfo().DueAt, test.Store.NextDue));
        Assert.Equal(["job: Delayed to Waiting"], heard);
        test.Pump();
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["job"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "MUT-02")]
    [Trait("Behaviour", "MUT-16")]
    [Trait("Behaviour", "ORD-23")]
    public void PromoteAndChangeDelay_OfAJobThatIsNotDelayed_AreStateErrors()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        foreach ((JobHandle job, string state) in ((JobHandle, string)[])[(flow.Job, "WaitingChildren"), (flow.Children[0].Job, "Waiting")])
        {
            foreach (Action call in (Action[])[job.Promote, () => job.ChangeDelay(s_second)])
            {
                InvalidJobStateException error = Assert.Throws<InvalidJobStateException>(call);
                Assert.Contains(state, error.Message, StringComparison.Ordinal);
                Assert.Contains("Delayed", error.Message, StringComparison.Ordinal);
            }
        }

        JobHandle delayed = test.Queue("q").AddDelayed("job", 0, s_second);
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => delayed.ChangeDelay(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => delayed.ChangeDelay(-s_second));
        Assert.Equal(s_second, test.Store.NextDue);
    }

    [Fact]
    [Trait("Behaviour", "MUT-03")]
    public void PromoteAndChangeDelay_OfARemovedJob_NameJobAndQueue()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").AddDelayed("job", 0, s_second);
        Assert.True(job.Remove());
        foreach (Action call in (Action[])[job.Promote, () => job.ChangeDelay(s_second)])
        {
            JobNotFoundException error = Assert.Throws<JobNotFoundException>(call);
            Assert.Contains(job.Id.ToString(), error.Message, StringComparison.Ordinal);
            Assert.Contains("'q'", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<JobNotFoundException>(() => default(JobHandle).Promote());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [Trait("Behaviour", "MUT-15")]
    public void ChangeDelay_OfADelayedJob_CountsFromNowAndItStaysDelayed(int seconds)
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events, JobEventType.Delayed, JobEventType.Waiting);
        JobHandle job = test.Queue("q").AddDelayed("job", 0, 10 * s_second);
        test.Queue("q").AddDelayed("other", 0, (5 + seconds) * s_second);
        test.Time.Advance(5 * s_second);

        job.ChangeDelay(seconds * s_second);

        Assert.Equal((JobState.Delayed, test.Time.GetUtcNow() + seconds * s_second), (job.State, job.GetInfo().DueAt));
        test.Time.Advance(seconds * s_second - TimeSpan.FromTicks(1));
        test.Pump();
        Assert.Empty(test.Ran);
        test.Time.Advance(TimeSpan.FromTicks(1));
        test.Pump();
        Assert.Equal(["other", "job"], test.Ran); // It was delayed anew after the other one.
        Assert.Equal(["job: None to Delayed", "other: None to Delayed", "other: Delayed to Waiting", "job: Delayed to Waiting"], heard);
    }

    [Fact]
    public void ChangeDelay_FromASubscriber_KeepsTheEventsInOrder()
    {
        using PumpedStore test = new();
        test.Work("q");
        using HeardEvents heard = new(test.Store.Events);
        using IDisposable subscription = test.Store.Events.Subscribe((Action<JobEvent>)(static said => said.Job.ChangeDelay(3 * s_second)), JobEventType.Added);
        JobHandle job = test.Queue("q").AddDelayed("job", 0, s_second);
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(JobState.Delayed, job.State);
        job.Promote();
        Assert.Equal(["job: Added", "job: None to Delayed", "job: Delayed to Waiting"], heard);
    }

    [Fact]
    [Trait("Behaviour", "MGT-17")]
    public void PromoteJobs_OfAQueue_PromotesAllThatAreDelayedThereInOrder()
    {
        using PumpedStore test = new();
        test.Work("q");
        Assert.Equal(0, test.Queue("q").PromoteJobs());
        JobHandle parent = test.Flows.Start(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q") { Options = new JobOptions { Delay = 9 * s_second } }] });
        foreach (int seconds in (int[])[3, 1, 2, 1])
        {
            test.Queue("q").AddDelayed($"{seconds}", 0, seconds * s_second);
        }

        JobHandle other = test.Queue("other").AddDelayed("other", 0, s_second);
        Assert.Equal(["1", "1", "2", "3", "child"], test.Queue("q").GetJobs(JobState.Delayed).Select(static job => job.Name));

        Assert.Equal(5, test.Queue("q").PromoteJobs());

        Assert.Equal((JobState.WaitingChildren, JobState.Delayed, s_second), (parent.State, other.State, test.Store.NextDue));
        Assert.Equal(0, test.Queue("q").PromoteJobs());
        test.Pump();
        Assert.Equal(["1", "1", "2", "3", "child", "parent"], test.Ran);
    }

    [Fact]
    public void ChangePriority_OfADelayedJob_LeavesItsDueTime()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = test.Queue("q").AddDelayed("job", 0, s_second);
        test.Queue("q").AddDelayed("other", 0, s_second);
        job.ChangePriority(3);
        Assert.Equal(test.Time.GetUtcNow() + s_second, job.GetInfo().DueAt);
        test.Time.Advance(s_second);
        test.Pump();
        Assert.Equal(["other", "job"], test.Ran);
    }
}
