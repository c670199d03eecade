using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Where a parent goes when its last child has settled.</summary>
public class ReleasedParentTests
{
    [Fact]
    [Trait("Behaviour", "ORD-13")]
    public void ReleasedParent_InItsQueue_GoesToTheFrontOfItsPriorityUnlessSomethingStandsAgainstIt()
    {
        // Same queue: next after its child. Another queue: before what waited there longer.
        Assert.Equal(["child", "parent", "x", "y"], Run("q", 0, static (_, _) => { }));
        Assert.Equal(["child", "parent", "x", "y"], Run("other", 0, static (_, _) => { }));

        // Something of a better priority waits there, or comes while the last child runs.
        Assert.Equal(["child", "x", "y", "parent"], Run("q", 1, static (_, _) => { }));
        Assert.Equal(["child", "urgent", "parent", "x", "y"], Run("q", 0, static (test, _) => test.Queue("q").Add(new JobRequest<int>("urgent", 0) { Priority = -1 })));
        Assert.Equal(["child", "parent", "x", "y", "late"], Run("q", 0, static (test, _) => test.Queue("q").Add(new JobRequest<int>("late", 0) { Priority = 1 })));

        // A pause holds it, and it keeps the front.
        Assert.Equal(["child", "| resume", "parent", "x", "y"], Run("q", 0, static (_, worker) => worker.Pause()));
    }

    [Fact]
    public void ReleasedParent_SeveralOfOnePriority_TheLatestReleasedIsServedFirst()
    {
        using PumpedStore test = new();
        foreach (string name in new[] { "1", "2", "3" })
        {
            test.Flows.Add(new FlowJob($"parent-{name}", "q") { Children = [new FlowJob($"child-{name}", "other")] });
        }

        test.Queue("q").Add("plain");
        test.Work("other");
        test.Pump();
        test.Work("q");
        test.Pump();

        Assert.Equal(["child-1", "child-2", "child-3", "parent-3", "parent-2", "parent-1", "plain"], test.Ran);
    }

    [Fact]
    public void ReleasedParent_ConcurrencyLoweredMeanwhile_DoesNotGoOverIt()
    {
        using PumpedStore test = new();
        TaskCompletionSource blocker = new();
        TaskCompletionSource child = new();
        List<string> ran = [];
        using Worker worker = new(
            test.Store,
            "q",
            async (job, _) =>
            {
                ran.Add(job.Name);
                await (job.Name switch { "blocker" => blocker.Task, "child" => child.Task, _ => Task.CompletedTask });
            },
            new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = 2 });
        test.Queue("q").Add("blocker");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        test.Pump();
        Assert.Equal(["blocker", "child"], ran);

        worker.Concurrency = 1;
        child.SetResult();
        test.Pump();
        Assert.Equal((JobState.Completed, JobState.Waiting), (flow.Children[0].Job.State, flow.Job.State));

        blocker.SetResult();
        test.Pump();
        Assert.Equal(["blocker", "child", "parent"], ran);
        Assert.Equal(JobState.Completed, flow.Job.State);
    }

    private static List<string> Run(string childQueue, int parentPriority, Action<PumpedStore, Worker> whileTheChildRuns)
    {
        using PumpedStore test = new();
        Worker worker = null!;
        test.Work("other", Handle);
        worker = test.Work("q", Handle);
        test.Flows.Add(new FlowJob("parent", "q") { Options = new JobOptions { Priority = parentPriority }, Children = [new FlowJob("child", childQueue)] });
        test.Queue("q").Add("x");
        test.Queue("q").Add("y");
        test.Pump();
        if (worker.IsPaused)
        {
            test.Ran.Add("| resume");
            worker.Resume();
            test.Pump();
        }

        return test.Ran;

        object? Handle(Job job)
        {
            if (job.Name == "child")
            {
                whileTheChildRuns(test, worker);
            }

            return null;
        }
    }
}
