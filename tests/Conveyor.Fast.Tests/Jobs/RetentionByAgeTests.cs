using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Jobs;

public class RetentionByAgeTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);
    private static readonly JobOptions s_tenSeconds = new() { RemoveOnComplete = Retention.KeepFor(s_second * 10), RemoveOnFail = Retention.KeepFor(s_second * 10) };

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    public void KeptForATime_ItIsOver_TheJobGoesAndSaysSo(JobState end)
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepFor(s_second), Failed = Retention.KeepFor(s_second) });
        test.Work("q", static job => job.Name == nameof(JobState.Failed) ? throw new InvalidOperationException("bad") : null);
        List<string> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => heard.Add($"{occurrence.JobName} from {occurrence.PreviousState}"), JobEventType.Removed);
        JobHandle job = test.Queue("q").Add(end.ToString(), new JobOptions { CustomId = "mine" });
        if (end == JobState.Canceled)
        {
            job.Cancel();
        }

        test.Pump();
        test.PumpAfter(s_second - s_tick);
        Assert.Equal(end, job.State);
        Assert.Empty(heard);

        test.PumpAfter(s_tick);
        Assert.Equal(JobState.None, job.State);
        Assert.Equal([$"{end} from {end}"], heard);
        Assert.NotEqual(job.Id, test.Queue("q").Add("next", new JobOptions { CustomId = "mine" }).Id);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    public async Task ThreadedWorkers_TheTimeIsOver_TheStoresTimerLetsTheJobGo(WorkerMode mode)
    {
        await using LiveStore test = new();
        test.Work("q", static (_, _) => default, mode: mode);
        JobHandle early = test.Queue("q").Add("early", s_tenSeconds);
        await early.WaitUntilFinishedAsync().Within();
        await test.Store.WaitUntilIdleAsync().Within();
        test.Time.Advance(s_second);
        JobHandle late = test.Queue("q").Add("late", s_tenSeconds);
        await test.Store.WaitUntilIdleAsync().Within();

        test.Time.Advance(s_second * 9);
        Assert.Equal((JobState.None, JobState.Completed), (early.State, late.State));

        test.Time.Advance(s_second);
        Assert.Equal(JobState.None, late.State);
    }

    [Fact]
    public void CountAndAge_WhicheverComesFirst()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepLast(2, s_second * 10) });
        test.Work("q");
        JobHandle Ended(string name)
        {
            JobHandle job = test.Queue("q").Add(name);
            test.PumpAfter(s_second);
            return job;
        }

        JobHandle[] jobs = [Ended("first"), Ended("second"), Ended("third")];
        Assert.Equal([JobState.None, JobState.Completed, JobState.Completed], jobs.Select(static job => job.State));

        test.PumpAfter(s_second * 9);
        Assert.Equal([JobState.None, JobState.None, JobState.Completed], jobs.Select(static job => job.State));
    }

    [Fact]
    public void JobsOwnBound_DecidesAboutThatJobAlone()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepFor(s_second * 5) });
        test.Work("q");
        JobHandle[] jobs =
        [
            test.Queue("q").Add("standard"),
            test.Queue("q").Add("longer", s_tenSeconds),
            test.Queue("q").Add("counted", new JobOptions { RemoveOnComplete = Retention.KeepLast(4) }),
            test.Queue("q").Add("for ever", new JobOptions { RemoveOnComplete = Retention.KeepAll }),
        ];
        test.Pump();

        test.PumpAfter(s_second * 5);
        Assert.Equal([JobState.None, JobState.Completed, JobState.Completed, JobState.Completed], jobs.Select(static job => job.State));

        test.PumpAfter(s_second * 5);
        Assert.Equal([JobState.None, JobState.None, JobState.Completed, JobState.Completed], jobs.Select(static job => job.State));
    }

    [Fact]
    [Trait("Behaviour", "VAL-06")]
    public void Children_KeptForATime_StayUntilTheirParentHasReadThemAndGoByTheirOwnEnds()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "parent" ? string.Join('+', job.GetChildrenValues<string>()) : job.Name);
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Children =
            [
                new FlowJob("early", "q") { Options = s_tenSeconds },
                new FlowJob("late", "q") { Options = new JobOptions { RemoveOnComplete = Retention.KeepFor(s_second * 10), Delay = s_second * 15 } },
            ],
        });
        JobHandle[] children = [.. flow.Children.Select(static child => child.Job)];
        test.Pump();
        test.PumpAfter(s_second * 10);
        Assert.Equal([JobState.Completed, JobState.Delayed], children.Select(static child => child.State));

        test.PumpAfter(s_second * 5);
        Assert.Equal("early+late", flow.Job.GetInfo().Value);
        Assert.Equal([JobState.None, JobState.Completed], children.Select(static child => child.State));

        test.PumpAfter(s_second * 10);
        Assert.Equal(JobState.None, children[1].State);
    }

    [Fact]
    public void RetriedByHand_TheTimeCountsFromItsNewEnd()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("bad"));
        JobHandle job = test.Queue("q").Add("job", s_tenSeconds);
        test.Pump();
        test.PumpAfter(s_second * 5);
        job.Retry();
        test.Pump();

        test.PumpAfter(s_second * 5);
        Assert.Equal(JobState.Failed, job.State);

        test.PumpAfter(s_second * 5);
        Assert.Equal(JobState.None, job.State);
    }

    [Fact]
    public void RemovedByHand_TheNextJobInItsPlaceIsLeftAlone()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepAll });
        test.Work("q");
        JobHandle job = test.Queue("q").Add("job", s_tenSeconds);
        test.Pump();
        job.Remove();
        JobHandle next = test.Queue("q").Add("next");
        test.Pump();

        test.PumpAfter(s_second * 10);
        Assert.Equal(JobState.Completed, next.State);
    }

    [Fact]
    public void GoneByTheirCount_LeaveNothingUntilTheirTime()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepLast(2, TimeSpan.FromDays(1)) });
        test.Work("q");
        for (int i = 0; i < 5_000; i++)
        {
            test.Queue("q").Add("job");
            test.Pump();
        }

        Assert.InRange(test.Store.Engine.Table.Expiries.Count, 2, 400); // One a slot that was ever used.
    }
}
