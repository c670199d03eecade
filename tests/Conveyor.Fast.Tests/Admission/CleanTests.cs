using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Removing the jobs of one state that are old enough.</summary>
public class CleanTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Delayed)]
    [InlineData(JobState.WaitingChildren)]
    [Trait("Behaviour", "MGT-21")]
    [Trait("Behaviour", "MGT-25")]
    public void Clean_OfOneState_RemovesTheOldestFirstAndKeepsTheYounger(JobState state)
    {
        using PumpedStore test = new();
        JobHandle[] jobs = [.. Enumerable.Range(0, 5).Select(i => Make(test, state, i))];
        Assert.All(jobs, job => Assert.Equal(state, job.State));

        // Four minutes after the first, one after the last but one.
        Assert.Equal([jobs[0].Id, jobs[1].Id], test.Queue("q").Clean(state, 2 * s_minute, limit: 2));
        Assert.Equal([jobs[2].Id], test.Queue("q").Clean(state, 2 * s_minute));
        Assert.Empty(test.Queue("q").Clean(state, 2 * s_minute));
        Assert.Empty(test.Queue("q").Clean(state, TimeSpan.Zero, limit: 0));
        Assert.Empty(test.Queue("q").Clean(state, TimeSpan.MaxValue));
        Assert.Equal([JobState.None, JobState.None, JobState.None, state, state], jobs.Select(static job => job.State));
    }

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Delayed)]
    [Trait("Behaviour", "MGT-22")]
    [Trait("Behaviour", "MGT-27")]
    public void Clean_OfAJobThatHasNotEnded_CountsFromItsCreation(JobState state)
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.AttemptsMade == 0 ? throw new InvalidOperationException("boom") : null);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(state == JobState.Waiting ? TimeSpan.Zero : 9 * s_minute) });
        test.Time.Advance(s_minute);
        test.Store.Pump(1);
        Assert.Equal(state, job.State);

        Assert.Empty(test.Queue("q").Clean(state, s_minute + TimeSpan.FromTicks(1)));
        Assert.Equal([job.Id], test.Queue("q").Clean(state, s_minute));
    }

    [Fact]
    [Trait("Behaviour", "MGT-27")]
    public void Clean_OfAJobThatFailedAgain_CountsFromTheLatestEnd()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("boom"));
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        test.Time.Advance(s_minute);
        job.Retry();
        Assert.Empty(test.Queue("q").Clean(JobState.Failed, TimeSpan.Zero));
        test.Pump();

        Assert.Empty(test.Queue("q").Clean(JobState.Failed, s_minute));
        Assert.Equal([job.Id], test.Queue("q").Clean(JobState.Failed, TimeSpan.Zero));
    }

    [Fact]
    [Trait("Behaviour", "MGT-24")]
    [Trait("Behaviour", "MGT-26")]
    public void Clean_WithGraceZero_RemovesAllOfTheStateAndActiveIsRefused()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle[] jobs = [.. Enumerable.Range(0, 3).Select(_ => test.Queue("q").Add("job"))];
        test.Pump();
        ArgumentException refused = Assert.Throws<ArgumentException>("state", () => test.Queue("q").Clean(JobState.Active, TimeSpan.Zero));
        Assert.Contains("handlers run", refused.Message, StringComparison.Ordinal);

        Assert.Equal([jobs[1].Id, jobs[2].Id], test.Queue("q").Clean(JobState.Waiting, TimeSpan.Zero).Order());
        Assert.Equal(JobState.Active, jobs[0].State);
        held.Next().Return();
        test.Pump();
        Assert.Equal([jobs[0].Id], test.Queue("q").Clean(JobState.Completed, TimeSpan.Zero));
    }

    [Fact]
    public void Clean_WithBadArguments_IsRefused()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        Assert.Throws<ArgumentOutOfRangeException>("state", () => queue.Clean(JobState.None, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("state", () => queue.Clean((JobState)9, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("grace", () => queue.Clean(JobState.Failed, TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>("grace", () => queue.Clean(JobState.Failed, Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => queue.Clean(JobState.Failed, TimeSpan.Zero, -1));
    }

    [Fact]
    [Trait("Behaviour", "FRM-16")]
    public void Clean_OfWaitingChildren_ReleasesTheirParents()
    {
        using PumpedStore test = new();
        test.Work("parents");
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "parents") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q") { Options = new JobOptions { Priority = 3 } }] }).Job;
        JobHandle inside = test.Flows.Add(new FlowJob("inside", "q") { Children = [new FlowJob("c", "q")] }).Job;

        Assert.Equal(3, test.Queue("q").Clean(JobState.Waiting, TimeSpan.Zero).Count);

        Assert.Equal((JobState.Waiting, JobState.Waiting), (parent.State, inside.State));
        test.Pump();
        Assert.Equal((JobState.Completed, JobState.Waiting), (parent.State, inside.State));
    }

    [Fact]
    [Trait("Behaviour", "FRM-19")]
    [Trait("Behaviour", "VAL-06")]
    public void Clean_OfEndedChildrenWhileTheParentRuns_LeavesItTheirValues()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name);
        IReadOnlyList<JobId> cleaned = [];
        test.Work("parents", job =>
        {
            cleaned = test.Queue("q").Clean(JobState.Completed, TimeSpan.Zero);
            return string.Join(' ', job.GetChildrenValues<string>());
        });
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "parents") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] });
        test.Pump();

        Assert.Equal(flow.Children.Select(static child => child.Job.Id).Order(), cleaned.Order());
        Assert.Equal((JobState.Completed, "a b"), (flow.Job.State, flow.Job.GetInfo().Value));
        Assert.Equal([JobState.None, JobState.None], flow.Children.Select(static child => child.Job.State));
    }

    [Fact]
    [Trait("Behaviour", "EVT-12")]
    public void EveryRemoval_OfWhateverKind_IsAnnouncedAndACleanCountsThem()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Queue("q").Events.Subscribe(heard.Add, JobEventType.Removed, JobEventType.Cleaned);
        test.Work("q", held);
        JobQueue queue = test.Queue("q");
        queue.Add("at once", new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce });
        queue.Add("active");
        queue.Add("by call").Remove();
        test.Pump();
        held.Next().Return();
        test.Pump();
        queue.Add("drained");
        queue.Drain();
        queue.Add("cleaned");
        queue.AddDelayed("cleaned", 0, s_minute);
        queue.Clean(JobState.Waiting, TimeSpan.Zero);
        queue.Clean(JobState.Failed, TimeSpan.Zero);
        JobHandle byPolicy = test.Flows.Add(new FlowJob("by policy", "q") { Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Remove }, Children = [new FlowJob("child", "q")] }).Children[0].Job;
        byPolicy.Cancel();
        queue.Obliterate(force: true);

        Assert.Equal(
            [
                ("by call", JobState.Waiting), ("at once", JobState.Completed), ("drained", JobState.Waiting), ("cleaned", JobState.Waiting),
                ("", JobState.None), ("", JobState.None), ("by policy", JobState.WaitingChildren),
            ],
            heard[..7].Select(static occurrence => (occurrence.JobName, occurrence.PreviousState)));
        Assert.Equal(
            [("active", JobState.Active), ("child", JobState.Canceled), ("cleaned", JobState.Delayed)],
            heard[7..].Select(static occurrence => (occurrence.JobName, occurrence.PreviousState)).Order());
        Assert.Equal([1, 0], heard.Where(static occurrence => occurrence.Type == JobEventType.Cleaned).Select(static occurrence => occurrence.Count));
        held.Next().Return();
        test.Pump();
    }

    /// <summary>The given number of minutes lie before the making.</summary>
    private static JobHandle Make(PumpedStore test, JobState state, int number)
    {
        if (number > 0)
        {
            test.Time.Advance(s_minute);
        }

        JobQueue queue = test.Queue("q");
        if (state == JobState.WaitingChildren)
        {
            return test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "elsewhere")] }).Job;
        }

        JobHandle job = state == JobState.Delayed ? queue.AddDelayed("job", 0, TimeSpan.FromHours(1)) : queue.Add("job");
        if (state == JobState.Canceled)
        {
            job.Cancel();
        }
        else if (state is JobState.Completed or JobState.Failed)
        {
            using Worker worker = test.Work("q", _ => state == JobState.Failed ? throw new InvalidOperationException("boom") : null);
            test.Pump();
        }

        return job;
    }
}
