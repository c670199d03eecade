using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>Jobs on their way to a paused queue, whatever brings them there: they wait, in their order, and run after the resume.</summary>
public class PausedQueueTests
{
    [Fact]
    [Trait("Behaviour", "FLOW-36")]
    public void Flow_AddedToAPausedQueue_RunsOnlyAfterTheResume()
    {
        using PumpedStore test = Paused();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("one", "q"), new FlowJob("two", "q")] });
        test.Pump();
        Assert.Equal((JobState.WaitingChildren, JobState.Waiting), (flow.Job.State, flow.Children[0].Job.State));
        AssertRunsAfterResume(test, "one", "two", "parent");
    }

    [Theory]
    [InlineData("q")]
    [InlineData("other")]
    [Trait("Behaviour", "ORD-07")]
    public void Parent_WhoseQueueIsPausedByItsLastChild_RunsOnlyAfterTheResume(string childQueue)
    {
        using PumpedStore test = new();
        foreach (string queue in (string[])["q", "other"])
        {
            test.Work(queue, job =>
            {
                if (job.Name == "child")
                {
                    test.Queue("q").Pause();
                }

                return null;
            });
        }

        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", childQueue)] });
        test.Queue("q").Add("plain");
        if (childQueue == "other")
        {
            test.Store.Pump(1); // The plain job, whose queue is not paused yet.
        }

        test.Pump();
        Assert.Equal((JobState.Completed, JobState.Waiting), (flow.Children[0].Job.State, flow.Job.State));
        Assert.Equal(1, test.Queue("q").GetJobs(JobState.Waiting).Count(static job => job.Name == "parent"));
        test.Ran.Clear();
        AssertRunsAfterResume(test, childQueue == "q" ? ["parent", "plain"] : ["parent"]);
    }

    [Fact]
    [Trait("Behaviour", "RET-29")]
    public void Retry_ByHandInAPausedQueue_WaitsForTheResume()
    {
        using PumpedStore test = new();
        bool fails = true;
        test.Work("q", _ => fails ? throw new InvalidOperationException("once") : null);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        fails = false;
        test.Queue("q").Pause();
        job.Retry();
        test.Pump();
        Assert.Equal(JobState.Waiting, job.State);
        test.Ran.Clear();
        AssertRunsAfterResume(test, "job");
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    [Trait("Behaviour", "RET-35")]
    public void Failure_AfterAPauseOfTheQueueInsideTheHandler_WaitsForTheResume()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            if (job.AttemptsMade == 0)
            {
                job.Queue.Pause();
                throw new InvalidOperationException("again");
            }

            return null;
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2 });
        test.Pump();
        test.Pump();
        Assert.Equal(JobState.Waiting, job.State);
        test.Ran.Clear();
        AssertRunsAfterResume(test, "job");
        Assert.Equal(JobState.Completed, job.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "MUT-04")]
    public void Promote_InAPausedQueue_WaitsForTheResume(bool all)
    {
        using PumpedStore test = Paused();
        JobHandle job = test.Queue("q").AddDelayed("job", 1, TimeSpan.FromHours(1));
        if (all)
        {
            Assert.Equal(1, test.Queue("q").PromoteJobs());
        }
        else
        {
            job.Promote();
        }

        test.Pump();
        Assert.Equal(JobState.Waiting, job.State);
        AssertRunsAfterResume(test, "job");
    }

    [Fact]
    public void DelayedJob_FallsDueInAPausedQueue_WaitsForTheResume()
    {
        using PumpedStore test = Paused();
        JobHandle job = test.Queue("q").AddDelayed("job", 1, TimeSpan.FromHours(1));
        test.PumpAfter(TimeSpan.FromHours(2));
        Assert.Equal(JobState.Waiting, job.State);
        AssertRunsAfterResume(test, "job");
    }

    [Fact]
    [Trait("Behaviour", "PRI-11")]
    public void Priorities_OfJobsAddedBeforeAndDuringAPause_HoldAfterIt()
    {
        using PumpedStore test = new();
        test.Work("q");
        Add(2);
        Add(9);
        test.Queue("q").Pause();
        test.Pump();
        foreach (int priority in (int[])[5, 1, 2, -3, 9])
        {
            Add(priority);
        }

        AssertRunsAfterResume(test, "-3", "1", "2", "2", "5", "9", "9");

        void Add(int priority) => test.Queue("q").Add($"{priority}", new JobOptions { Priority = priority });
    }

    private static PumpedStore Paused()
    {
        PumpedStore test = new();
        test.Work("q");
        test.Queue("q").Pause();
        return test;
    }

    private static void AssertRunsAfterResume(PumpedStore test, params string[] names)
    {
        Assert.Equal(0, test.Pump().JobsRun);
        test.Queue("q").Resume();
        test.Pump();
        Assert.Equal(names, test.Ran);
    }
}
