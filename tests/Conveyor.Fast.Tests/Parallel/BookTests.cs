using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Parallel;

/// <summary>The books of the parallel runs can find fault.</summary>
public class BookTests
{
    [Fact]
    public void EventBook_OfARightLife_FindsNoFault() => Assert.Empty(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Completed, JobState.Active),
        (JobEventType.Waiting, JobState.Completed), (JobEventType.Canceled, JobState.Waiting), (JobEventType.Removed, JobState.Canceled)));

    [Fact]
    public void EventBook_OfASecondEndInOneLife_FindsIt() => Assert.NotEmpty(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Completed, JobState.Active), (JobEventType.Canceled, JobState.Active)));

    [Fact]
    public void EventBook_OfAStartOutOfOrder_FindsIt() => Assert.NotEmpty(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Active, JobState.Waiting), (JobEventType.Waiting, JobState.None)));

    [Fact]
    public void EventBook_OfAnEventAfterTheRemoval_FindsIt() => Assert.NotEmpty(Hear(
        (JobEventType.Added, JobState.None), (JobEventType.Waiting, JobState.None), (JobEventType.Removed, JobState.Waiting), (JobEventType.Canceled, JobState.Waiting)));

    [Fact]
    public void JobProbe_EnteredTwice_FindsItRunningTwice() => Assert.Contains(Run(static (probe, job) =>
    {
        probe.Enter(job);
        probe.Enter(job);
    }), static report => report.Contains("twice at once", StringComparison.Ordinal));

    [Fact]
    public void JobProbe_OfALifeWithoutARetry_FindsOneTooMany() => Assert.Contains(Run(static (probe, job) =>
    {
        probe.Enter(job);
        probe.Leave();
        probe.Enter(job);
        probe.Leave();
    }), static report => report.Contains("lives for the 2. time", StringComparison.Ordinal));

    [Fact]
    public void JobProbe_OfAParentBesideAnUnfinishedChild_FindsTheChild()
    {
        ParallelRun run = new(WorkerMode.Pumped, isHeard: false, seed: 1);
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q", new JobProbe(run, 1))
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children = [new FlowJob("child", "q", new JobProbe(run, 2))],
        });
        test.Work("q", job =>
        {
            if (job.Name == "parent")
            {
                // Without a note in its book, as if the engine had started the parent too early.
                flow.Children[0].Job.Retry(includeCompleted: true);
                job.GetData<JobProbe>().Enter(job);
            }

            return null;
        });
        test.Pump();
        Assert.Contains(run.Reports, static report => report.Contains("runs while its child", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Hear(params (JobEventType Type, JobState From)[] events)
    {
        ParallelRun run = new(WorkerMode.Pumped, isHeard: true, seed: 1);
        EventBook book = new(run);
        JobHandle job = run.Store.GetQueue("a").Add("job");
        foreach ((JobEventType type, JobState from) in events)
        {
            book.Hear(new JobEvent { Type = type, PreviousState = from, Job = job, QueueName = "a", JobName = "job" });
        }

        return run.Reports;
    }

    private static IEnumerable<string> Run(Action<JobProbe, Job> handle)
    {
        ParallelRun run = new(WorkerMode.Pumped, isHeard: false, seed: 1);
        JobProbe probe = new(run, 1);
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            handle(probe, job);
            return null;
        });
        test.Queue("q").Add("job");
        test.Pump();
        return run.Reports;
    }
}
