using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

public class HandRetryTests
{
    [Fact]
    [Trait("Behaviour", "RET-25")]
    public void Retry_OfAJobThatHasNotEnded_IsRefused()
    {
        using PumpedStore test = new();
        InvalidJobStateException? active = null;
        test.Work("q", job =>
        {
            active = job.Name == "active" ? Assert.Throws<InvalidJobStateException>(() => job.Handle.Retry(includeCompleted: true)) : active;
            return job.Name == "delayed" ? throw new InvalidOperationException("later") : null;
        });
        JobHandle completed = test.Queue("q").Add("active");
        JobHandle delayed = test.Queue("q").Add("delayed", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        test.Pump();
        FlowResult parent = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "unserved")] });
        JobHandle waiting = test.Queue("unserved").Add("waiting");

        Assert.Equal(JobState.Active, active?.Current);
        Assert.Equal(JobState.Delayed, Assert.Throws<InvalidJobStateException>(() => delayed.Retry(includeCompleted: true)).Current);
        Assert.Equal(JobState.WaitingChildren, Assert.Throws<InvalidJobStateException>(() => parent.Job.Retry(includeCompleted: true)).Current);
        Assert.Equal(JobState.Waiting, Assert.Throws<InvalidJobStateException>(() => waiting.Retry(includeCompleted: true)).Current);
        Assert.Equal(JobState.Completed, Assert.Throws<InvalidJobStateException>(() => completed.Retry()).Current);
        Assert.Equal(
            [JobState.Delayed, JobState.WaitingChildren, JobState.Waiting, JobState.Completed],
            ((JobHandle[])[delayed, parent.Job, waiting, completed]).Select(static job => job.State));

        completed.Retry(includeCompleted: true);
        Assert.Equal(JobState.Waiting, completed.State);
    }

    [Fact]
    [Trait("Behaviour", "RET-26")]
    public void Retry_OfARemovedJob_IsNotFound()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("bad"));
        JobHandle removed = test.Queue("q").Add("removed");
        JobHandle evicted = test.Queue("q").Add("evicted", new JobOptions { RemoveOnFail = Retention.RemoveAtOnce });
        test.Pump();
        Assert.True(removed.Remove());

        Assert.Throws<JobNotFoundException>(() => removed.Retry());
        Assert.Throws<JobNotFoundException>(() => evicted.Retry());
        Assert.Throws<JobNotFoundException>(static () => default(JobHandle).Retry());
    }

    [Fact]
    [Trait("Behaviour", "RET-27")]
    public void Retry_ByHand_GivesAFreshBudgetOfAttempts()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("bad"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3 });
        test.Pump();
        Assert.Equal(3, test.Ran.Count);

        job.Retry();
        test.Pump();

        Assert.Equal(6, test.Ran.Count);
        Assert.Equal((JobState.Failed, 3), (job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    [Trait("Behaviour", "RET-28")]
    public void Retry_WithIncludeCompleted_ResetsTheCountersAndRunsACompletedJobAgain()
    {
        using PumpedStore test = new();
        List<int> within = [];
        test.Work("q", job =>
        {
            within.Add(job.AttemptsMade);
            return job.Name == "good" ? within.Count : throw new InvalidOperationException("bad");
        });
        JobHandle good = test.Queue("q").Add("good");
        JobHandle bad = test.Queue("q").Add("bad", new JobOptions { Attempts = 2 });
        test.Pump();

        good.Retry(includeCompleted: true);
        bad.Retry();
        Assert.Equal((JobState.Waiting, 0), (good.State, good.GetInfo().AttemptsMade));
        Assert.Equal((JobState.Waiting, 0), (bad.State, bad.GetInfo().AttemptsMade));
        Assert.Null(good.GetInfo().Value);
        test.Pump();

        Assert.Equal([0, 0, 1, 0, 0, 1], within);
        Assert.True(good.TryGetResult(out int value));
        Assert.Equal(4, value);
    }
}
