using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>What a parent reads of its children, and a child of its parent.</summary>
public class ChildrenValuesTests
{
    [Fact]
    [Trait("Behaviour", "VAL-01")]
    [Trait("Behaviour", "VAL-02")]
    public void Parent_InItsHandler_ReadsValuesByChildAndListsAllDirectChildren()
    {
        using PumpedStore test = new();
        IReadOnlyDictionary<JobId, string>? byId = null;
        IReadOnlyList<string>? values = null;
        List<(JobId, string, JobState)> children = [];
        List<(JobId, string, JobState)> dependencies = [];
        Read(test, "root", job =>
        {
            byId = job.GetChildrenValuesById<string>();
            values = job.GetChildrenValues<string>();
            children.AddRange(job.Children.Select(static child => (child.Job.Id, child.Name, child.State)));
            dependencies.AddRange(job.GetDependencies().Children.Select(static child => (child.Job.Id, child.Name, child.State)));
        });

        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "other"), new FlowJob("c", "q")] });
        test.Work("other", static _ => "from elsewhere");
        test.Pump();

        JobId[] ids = [.. flow.Children.Select(static child => child.Job.Id)];
        Assert.Equal([new(ids[0], "value of a"), new(ids[1], "from elsewhere"), new KeyValuePair<JobId, string>(ids[2], "value of c")], byId);
        Assert.Equal("from elsewhere", byId![ids[1]]);
        Assert.Equal(["value of a", "from elsewhere", "value of c"], values);
        Assert.Equal([(ids[0], "a", JobState.Completed), (ids[1], "b", JobState.Completed), (ids[2], "c", JobState.Completed)], children);
        Assert.Equal(children, dependencies);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("parents")]
    [Trait("Behaviour", "VAL-03")]
    public void Child_InItsHandler_FetchesItsParent(string parentQueue)
    {
        using PumpedStore test = new();
        JobHandle parent = default;
        Read(test, "child", job =>
        {
            Assert.True(job.TryGetParent(out parent));
            Assert.Equal((parent.Id, parentQueue), (job.ParentId!.Value, job.ParentQueueName));
            JobInfo info = parent.GetInfo();
            Assert.Equal(("parent", "data", JobState.WaitingChildren, parentQueue), (info.Name, info.Data, info.State, info.QueueName));
        });

        FlowResult flow = test.Flows.Add(new FlowJob("parent", parentQueue, "data") { Children = [new FlowJob("child", "q")] });
        test.Pump();

        Assert.Equal(flow.Job, parent);
        Assert.Equal(JobState.Completed, flow.Children[0].Job.State);
    }

    [Fact]
    [Trait("Behaviour", "VAL-04")]
    public void StandaloneJob_InItsHandler_HasNoParentNoChildrenAndNoValues()
    {
        using PumpedStore test = new();
        Read(test, "single", static job =>
        {
            Assert.Null(job.ParentId);
            Assert.Null(job.ParentQueueName);
            Assert.False(job.TryGetParent(out JobHandle parent));
            Assert.Equal(default, parent);
            Assert.Empty(job.Children);
            Assert.Empty(job.GetChildrenValues<object>());
            Assert.Empty(job.GetChildrenValuesById<object>());
            Assert.Empty(job.GetChildrenFailures());
            JobDependencies none = job.GetDependencies();
            Assert.Empty(none.Children);
            Assert.Equal((0, 0, 0, 0, 0, 0), (none.Total, none.Completed, none.Unfinished, none.Ignored, none.Failed, none.Removed));
            Assert.Null(none.NextStart);
        });

        JobHandle job = test.Queue("q").Add("single");
        test.Pump();

        Assert.Equal((JobState.Completed, null), (job.State, job.GetInfo().Reason));
        Assert.Empty(job.Children);
        Assert.Empty(job.GetInfo().ChildrenIds);
    }

    [Fact]
    [Trait("Behaviour", "VAL-08")]
    public void Child_EndedBadlyUnderIgnore_HasNoValueButItsReason()
    {
        using PumpedStore test = new();
        bool read = false;
        FlowResult flow = null!;
        Read(test, "parent", job =>
        {
            (JobId fails, JobId canceled) = (flow.Children[1].Job.Id, flow.Children[2].Job.Id);
            Assert.Equal([flow.Children[0].Job.Id], job.GetChildrenValuesById<object>().Keys);
            Assert.Equal(["value of works"], job.GetChildrenValues<string>());
            Assert.Equal([new(fails, "boom"), new KeyValuePair<JobId, string>(canceled, "not wanted")], job.GetChildrenFailures());
            Assert.Equal([null, "boom", "not wanted"], job.Children.Select(static child => child.Reason));
            Assert.Equal([true, false, false], job.Children.Select(static child => child.HasValue));
            Assert.Equal("boom", Assert.IsType<InvalidOperationException>(job.Children[1].Error).Message);
            Assert.False(job.Children[1].TryGetValue(out object? none));
            Assert.Null(none);
            Assert.Contains("'fails'", Assert.Throws<InvalidOperationException>(() => flow.Job.Children[1].GetValue<object>()).Message);
            read = true;
        });

        flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Ignore },
            Children = [new FlowJob("works", "q"), new FlowJob("fails", "q"), new FlowJob("canceled", "q")],
        });
        flow.Children[2].Job.Cancel("not wanted");
        test.Pump();

        Assert.True(read);
        Assert.Equal(JobState.Completed, flow.Job.State);
    }

    [Theory]
    [InlineData(ChildFailurePolicy.Ignore)]
    [InlineData(ChildFailurePolicy.Fail)]
    [Trait("Behaviour", "VAL-11")]
    public void GetDependencies_ChildrenOfAllKinds_CountsThemAndTheyAddUp(ChildFailurePolicy policy)
    {
        using PumpedStore test = new();
        JobDependencies? counted = null;
        FlowResult flow = null!;
        Read(test, "parent", job =>
        {
            flow.Children[4].Job.Retry(); // Ended badly before, and alone from now on: unfinished again.
            counted = job.GetDependencies();
        });

        flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = policy },
            Children = [new FlowJob("a", "q"), new FlowJob("b", "q"), new FlowJob("fails", "q"), new FlowJob("removed", "idle"), new FlowJob("fails again", "q")],
        });
        flow.Children[3].Job.Remove();
        test.Pump();
        if (policy == ChildFailurePolicy.Fail)
        {
            Assert.Equal(JobState.Failed, flow.Job.State);
            JobDependencies whileFailed = JobDependencies.Of(flow.Job.Children, 0, int.MaxValue);
            Assert.Equal((5, 2, 0, 0, 2, 1), (whileFailed.Total, whileFailed.Completed, whileFailed.Unfinished, whileFailed.Ignored, whileFailed.Failed, whileFailed.Removed));
            flow.Job.Retry();
            test.Pump();
        }

        // A parent that was retried by hand goes on in spite of what failed it: that reads as ignored.
        Assert.NotNull(counted);
        Assert.Equal(
            (5, 2, 1, 1, 0, 1),
            (counted.Total, counted.Completed, counted.Unfinished, counted.Ignored, counted.Failed, counted.Removed));
        Assert.Equal(counted.Total, counted.Completed + counted.Unfinished + counted.Ignored + counted.Failed + counted.Removed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(11)]
    [Trait("Behaviour", "VAL-12")]
    public void GetDependencies_InPages_CoverAllWithoutRepeatsAndSignalTheEnd(int size)
    {
        using PumpedStore test = new();
        List<JobId> read = [];
        int pages = 0;
        Read(test, "parent", job =>
        {
            int? next = 0;
            while (next is { } start)
            {
                JobDependencies page = job.GetDependencies(start, size);
                Assert.InRange(page.Children.Count, 1, size);
                Assert.Equal((10, 10), (page.Total, page.Completed));
                read.AddRange(page.Children.Select(static child => child.Job.Id));
                next = page.NextStart;
                pages++;
            }

            JobDependencies beyond = job.GetDependencies(10, size);
            Assert.Empty(beyond.Children);
            Assert.Null(beyond.NextStart);
        });

        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [.. Enumerable.Range(0, 10).Select(static i => new FlowJob($"{i}", "q"))] });
        test.Pump();

        Assert.Null(flow.Job.GetInfo().Reason);
        Assert.Equal(flow.Children.Select(static child => child.Job.Id), read);
        Assert.Equal((10 + size - 1) / size, pages);
    }

    [Fact]
    [Trait("Behaviour", "VAL-13")]
    public void Parent_WithGrandchildren_ReadsItsDirectChildrenOnly()
    {
        using PumpedStore test = new();
        IReadOnlyList<string>? values = null;
        JobDependencies? dependencies = null;
        Read(test, "root", job =>
        {
            values = job.GetChildrenValues<string>();
            dependencies = job.GetDependencies();
        });

        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Children = [new FlowJob("child", "q") { Children = [new FlowJob("grandchild", "q"), new FlowJob("grandchild", "q")] }] });
        test.Pump();

        Assert.Equal(["value of child"], values);
        Assert.Equal((1, 1), (dependencies!.Total, dependencies.Completed));
        Assert.Equal([flow.Children[0].Job.Id], flow.Job.Children.Select(static child => child.Job.Id));
    }

    [Fact]
    [Trait("Behaviour", "VAL-15")]
    public void Children_OfSeveralQueuesInAnyOrderOfEnding_AreListedAsDeclared()
    {
        using PumpedStore test = new();
        IReadOnlyList<string>? values = null;
        Read(test, "root", job => values = job.GetChildrenValues<string>());
        string[] queues = ["c", "a", "q", "b", "a", "c", "q", "b"];
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q")
        {
            Children = [.. queues.Select(static (queue, i) => new FlowJob($"{i}", queue) { Options = new JobOptions { Priority = -i } })],
        });
        foreach (string queue in new[] { "b", "a", "c" })
        {
            test.Work(queue, static job => $"value of {job.Name}");
            test.Pump();
        }

        Assert.Equal(Enumerable.Range(0, 8).Select(static i => $"value of {i}"), values);
        Assert.Equal(Enumerable.Range(0, 8).Select(static i => $"{i}"), flow.Job.Children.Select(static child => child.Name));
        Assert.Equal(flow.Children.Select(static child => child.Job.Id), flow.Job.GetInfo().ChildrenIds);
    }

    [Fact]
    [Trait("Behaviour", "VAL-16")]
    public void Value_AfterRetries_IsThatOfTheSuccessfulAttempt()
    {
        using PumpedStore test = new();
        IReadOnlyList<string>? values = null;
        test.Work("children", static job => job.AttemptsMade < 2 ? throw new InvalidOperationException("not yet") : $"attempt {job.AttemptsMade + 1}");
        Read(test, "parent", job => values = job.GetChildrenValues<string>());
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "children") { Options = new JobOptions { Attempts = 5 } }] });

        test.Pump();

        Assert.Equal(["attempt 3"], values);
        Assert.Equal(("attempt 3", null), (flow.Children[0].Job.GetInfo().Value, flow.Children[0].Job.GetInfo().Reason));
    }

    [Fact]
    public void GetValue_OfAnotherType_NamesTheChildAndBothTypes()
    {
        using PumpedStore test = new();
        InvalidCastException? error = null;
        Read(test, "parent", job => error = Assert.Throws<InvalidCastException>(() => { _ = job.GetChildrenValues<int>(); }));
        test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });

        test.Pump();

        Assert.All(["'child'", "System.String", "System.Int32"], part => Assert.Contains(part, error!.Message));
    }

    /// <summary>A worker on "q" whose handlers return "value of" and the name, or fail if the name says so; one of them reads first.</summary>
    private static void Read(PumpedStore test, string name, Action<Job> read) => test.Work("q", job =>
    {
        if (job.Name == name)
        {
            read(job);
        }

        return job.Name.StartsWith("fails", StringComparison.Ordinal) ? throw new InvalidOperationException("boom") : $"value of {job.Name}";
    });
}
