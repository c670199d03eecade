using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>What stays readable of children that are gone, for how long, and for whom.</summary>
public class RemovedChildrenTests
{
    private static readonly JobOptions s_gone = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };

    [Fact]
    [Trait("Behaviour", "VAL-05")]
    public void Child_RemovedOnComplete_ItsValueIsInTheParentsMap()
    {
        using PumpedStore test = new();
        IReadOnlyDictionary<JobId, string>? values = null;
        test.Work("children", static job => $"value of {job.Name}");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("a", "children") { Options = s_gone }, new FlowJob("b", "children")] });
        test.Pump();
        Assert.Equal((JobState.None, JobState.Completed, JobState.Waiting), (flow.Children[0].Job.State, flow.Children[1].Job.State, flow.Job.State));

        test.Work("q", job => values = job.GetChildrenValuesById<string>());
        test.Pump();

        Assert.Equal(
            [new(flow.Children[0].Job.Id, "value of a"), new KeyValuePair<JobId, string>(flow.Children[1].Job.Id, "value of b")],
            values);
    }

    [Fact]
    [Trait("Behaviour", "VAL-07")]
    public void Child_RemovedByHandAfterCompletion_ItsValueIsStillThere()
    {
        using PumpedStore test = new();
        IReadOnlyDictionary<JobId, string>? values = null;
        test.Work("children", static job => $"value of {job.Name}");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("a", "children"), new FlowJob("b", "children")] });
        test.Pump();
        Assert.True(flow.Children[0].Job.Remove());
        Assert.False(flow.Children[0].Job.Remove());
        Assert.False(test.Store.TryGetJob(flow.Children[0].Job.Id, out _));

        test.Work("q", job => values = job.GetChildrenValuesById<string>());
        test.Pump();

        Assert.Equal(
            [new(flow.Children[0].Job.Id, "value of a"), new KeyValuePair<JobId, string>(flow.Children[1].Job.Id, "value of b")],
            values);
    }

    [Fact]
    [Trait("Behaviour", "FLOW-63")]
    public void Children_RemovedOrEvictedWhileTheParentWaits_AreStillListedWithWhatTheyBecame()
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q", static job => job.Name.StartsWith("fails", StringComparison.Ordinal) ? throw new InvalidOperationException("boom") : $"value of {job.Name}");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children =
            [
                new FlowJob("completes, removed", "q"), new FlowJob("completes, evicted", "q") { Options = s_gone },
                new FlowJob("fails, removed", "q"), new FlowJob("fails, evicted", "q") { Options = s_gone },
                new FlowJob("canceled, removed", "idle"), new FlowJob("canceled, evicted", "idle") { Options = s_gone },
                new FlowJob("removed before its end", "idle"), new FlowJob("unfinished", "idle"),
            ],
        });
        JobHandle[] children = [.. flow.Children.Select(static child => child.Job)];
        test.Pump();
        children[4].Cancel("not wanted");
        children[5].Cancel("not wanted");
        Assert.All([children[0], children[2], children[4], children[6]], static child => Assert.True(child.Remove()));

        Assert.All(children[..7], static child => Assert.Equal(JobState.None, child.State));
        Assert.Equal((JobState.WaitingChildren, 1), (flow.Job.State, flow.Job.GetInfo().PendingChildren));
        Assert.Equal(children, flow.Job.Children.Select(static child => child.Job));
        Assert.Equal(flow.Children.Select(static child => child.Name), flow.Job.Children.Select(static child => child.Name));
        Assert.Equal(
            [
                (JobState.Completed, "value of completes, removed", null), (JobState.Completed, "value of completes, evicted", null),
                (JobState.Failed, null, "boom"), (JobState.Failed, null, "boom"),
                (JobState.Canceled, null, "not wanted"), (JobState.Canceled, null, "not wanted"),
                (JobState.None, null, null), (JobState.Waiting, null, null),
            ],
            flow.Job.Children.Select(static child => (child.State, child.TryGetValue(out string? value) ? value : null, child.Reason)));
    }

    [Fact]
    [Trait("Behaviour", "VAL-14")]
    public void Parent_Removed_ItsDependencyDataGoesWithIt()
    {
        using PumpedStore test = new();
        test.Work("children", static job => job.Name);
        FlowResult kept = null!;
        for (int round = 0; round < 100; round++)
        {
            FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
            {
                Children = [new FlowJob("ended", "children"), new FlowJob("ended and removed", "children") { Options = s_gone }, new FlowJob("unfinished", "idle")],
            });
            test.Pump();
            JobChildren taken = flow.Job.Children;
            Assert.Equal("ended and removed", taken[1].GetValue<string>());

            Assert.True(flow.Job.Remove());

            Assert.Equal(flow.Job.Id, Assert.Throws<JobNotFoundException>(() => flow.Job.GetInfo()).Id);
            Assert.False(flow.Job.TryGetInfo(out _));
            Assert.Empty(flow.Job.Children);
            Assert.All(taken, static child => Assert.Equal((JobState.None, false, null), (child.State, child.HasValue, child.Reason)));
            kept = flow;
        }

        // Nothing is kept for any of the hundred flows: neither slots nor lists of children.
        Assert.Equal(0, test.Store.Engine.Table.Flows.PublishedCount);
        Assert.All(test.Store.GetQueues(), static queue => Assert.Equal(0, queue.Counts.Total));
        test.Queue("q").AddBulk(Enumerable.Repeat(new JobRequest<int>("new", 0), 1000));
        Assert.Throws<JobNotFoundException>(() => kept.Job.GetInfo());
    }

    [Fact]
    [Trait("Behaviour", "VAL-20")]
    public void Values_ReadFromOutside_AreTheSameForAsLongAsTheParentNeedsThem()
    {
        using PumpedStore test = new();
        List<string> inHandler = [];
        test.Work("children", static job => job.Name == "fails" ? throw new InvalidOperationException("boom") : $"value of {job.Name}");
        Worker parents = test.Work("q", job =>
        {
            inHandler.AddRange(job.Children.Select(Describe));
            return inHandler.Count <= 4 ? throw new InvalidOperationException("first life") : null;
        });
        parents.Pause();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children = [new FlowJob("a", "children"), new FlowJob("evicted", "children") { Options = s_gone }, new FlowJob("fails", "children") { Options = s_gone }, new FlowJob("removed", "children")],
        });
        test.Pump();
        flow.Children[3].Job.Remove();
        string[] expected = ["a Completed value of a ", "evicted Completed value of evicted ", "fails Failed  boom", "removed Completed value of removed "];

        // Before the parent runs, after it has failed, and while it waits to be run again.
        Assert.Equal(expected, FromOutside());
        parents.Resume();
        test.Pump();
        Assert.Equal(JobState.Failed, flow.Job.State);
        Assert.Equal(expected, FromOutside());
        parents.Pause();
        flow.Job.Retry();
        Assert.Equal(JobState.Waiting, flow.Job.State);
        Assert.Equal(expected, FromOutside());
        parents.Resume();
        test.Pump();

        // The parent has completed: what was kept for it alone is gone.
        Assert.Equal(JobState.Completed, flow.Job.State);
        Assert.Equal([.. expected, .. expected], inHandler);
        Assert.Equal(["a Completed value of a ", " None  ", " None  ", " None  "], FromOutside());

        IEnumerable<string> FromOutside()
        {
            Assert.True(test.Store.TryGetJob(flow.Job.Id, out JobHandle found));
            return found.Children.Select(Describe);
        }

        static string Describe(JobChild child) => $"{child.Name} {child.State} {(child.TryGetValue(out string? value) ? value : null)} {child.Reason}";
    }
}
