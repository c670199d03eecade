using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;
using static Conveyor.Fast.ChildFailurePolicy;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Removing everything in a queue.</summary>
public class ObliterateTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    [Trait("Behaviour", "MGT-29")]
    public void Obliterate_WithAnActiveJob_IsRefusedAndNothingIsRemoved()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, concurrency: 1);
        JobQueue queue = test.Queue("q");
        JobHandle canceled = queue.Add("canceled");
        canceled.Cancel();
        JobHandle active = queue.Add("active");
        test.Pump();
        JobHandle waiting = queue.Add("waiting");
        queue.AddSchedule("s", new RepeatOptions { Every = s_hour }, "job", 0);
        JobCounts before = queue.GetJobCounts();

        InvalidJobStateException refused = Assert.Throws<InvalidJobStateException>(() => queue.Obliterate());

        Assert.Equal((active.Id, JobState.Active), (refused.Id, refused.Current));
        Assert.Equal(before, queue.GetJobCounts());
        Assert.Single(queue.GetSchedules());
        HeldRun run = held.Next();
        Assert.False(run.Token.IsCancellationRequested);

        queue.Obliterate(force: true);

        Assert.Equal(default, queue.GetJobCounts());
        Assert.Empty(queue.GetSchedules());
        Assert.All([canceled, active, waiting], static job => Assert.Equal(JobState.None, job.State));
        Assert.True(run.Token.IsCancellationRequested);
        run.Return();
        test.Pump();
    }

    [Fact]
    [Trait("Behaviour", "PAU-18")]
    public void Obliterate_OfAPausedQueue_EndsThePause()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobQueue queue = test.Queue("q");
        queue.Pause();
        queue.Add("old");

        queue.Obliterate();
        queue.Add("new");
        test.Pump();

        Assert.False(queue.IsPaused);
        Assert.Equal(["new"], test.Ran);
    }

    [Fact]
    public void Obliterate_WhileAJobIsAboutToStart_HoldsItAndItGoes()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").Add("job");
        Assert.True(JobMoves.TryHold(ref test.Store.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64())), job.Id.ToInt64(), out _));
        test.Work("q");
        test.Pump();
        Assert.Equal(JobState.Waiting, job.State);
        JobMoves.LetGo(ref test.Store.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64())));

        test.Queue("q").Obliterate();

        Assert.Equal(JobState.None, job.State);
        test.Pump();
        Assert.Empty(test.Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "MGT-30")]
    public void ForcedObliterate_OfARunningJob_LetsItsHandlerEndAndDropsWhatItSays(bool throws)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobQueue queue = test.Queue("q");
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(heard.Add);
        JobHandle job = queue.Add("job", 5, new JobOptions { Attempts = 3 });
        test.Pump();
        HeldRun run = held.Next();
        heard.Clear();

        queue.Obliterate(force: true);
        JobHandle next = queue.Add("next");
        test.Pump();

        Assert.Equal((job, JobEventType.Removed, JobState.Active), (heard[0].Job, heard[0].Type, heard[0].PreviousState));
        held.AssertNoneStarted(); // The handler keeps its place.
        Assert.Equal(5, run.Job.GetData<int>());
        run.Job.Log("nobody reads this");
        Assert.False(job.Cancel());
        Assert.Throws<JobNotFoundException>(() => job.Retry());
        if (throws)
        {
            run.Throw(new OperationCanceledException(run.Token));
        }
        else
        {
            run.Return("value");
        }

        test.Pump();
        Assert.Equal((JobState.None, JobState.Active), (job.State, next.State));
        Assert.DoesNotContain(heard, static occurrence => occurrence.Type == JobEventType.Error);
        Assert.Single(heard, occurrence => occurrence.Job == job);
        held.Next().Return();
        test.Pump();
        Assert.Equal(JobState.Completed, next.State);
        queue.Obliterate();
        Assert.Equal(0, CountUsedSlots(test));
    }

    [Theory]
    [InlineData(Fail)]
    [InlineData(Ignore)]
    [InlineData(Remove)]
    [Trait("Behaviour", "FRM-10")]
    public void ActiveChild_ObliteratedByForce_SettlesItsParentOnceHoweverItsRunEnds(ChildFailurePolicy policy)
    {
        foreach (bool throws in (bool[])[false, true])
        {
            using PumpedStore test = new();
            HeldHandler held = new();
            test.Work("q", held);
            test.Work("parents", static job => job.GetChildrenValues<string>().Count);
            FlowResult flow = test.Flows.Add(new FlowJob("parent", "parents")
            {
                Options = new JobOptions { FailParentOnChildFailure = policy },
                Children = [new FlowJob("child", "q"), new FlowJob("other", "elsewhere")],
            });
            test.Pump();
            HeldRun run = held.Next();

            test.Queue("q").Obliterate(force: true);
            Assert.Equal((JobState.WaitingChildren, 1), (flow.Job.State, flow.Job.GetInfo().PendingChildren));
            if (throws)
            {
                run.Throw(new OperationCanceledException());
            }
            else
            {
                run.Return("late");
            }

            test.Pump();
            Assert.Equal((JobState.WaitingChildren, 1), (flow.Job.State, flow.Job.GetInfo().PendingChildren));
            test.Queue("elsewhere").Obliterate();
            test.Pump();
            Assert.Equal((JobState.Completed, 0), (flow.Job.State, flow.Job.GetInfo().Value));
        }
    }

    [Fact]
    [Trait("Behaviour", "FRM-20")]
    public void Obliterate_OfAChildQueue_CountsEachWithoutAValueAndReleasesTheParents()
    {
        using PumpedStore test = new();
        bool fails = true;
        test.Work("done", job => fails && job.Name == "bad" ? throw new InvalidOperationException("boom") : "value");
        test.Work("parents", static job => string.Join(' ', job.GetChildrenValues<string>()));
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "parents")
        {
            Children =
            [
                new FlowJob("a", "q"), new FlowJob("b", "q") { Options = new JobOptions { Delay = s_hour } },
                new FlowJob("c", "q") { Children = [new FlowJob("d", "q")] }, new FlowJob("e", "done"),
            ],
        }).Job;
        test.Pump();
        Assert.Equal((JobState.WaitingChildren, 3), (parent.State, parent.GetInfo().PendingChildren));

        test.Queue("q").Obliterate();

        Assert.Equal(JobState.Waiting, parent.State);
        test.Queue("done").Obliterate();
        Assert.Equal(default, test.Queue("done").GetJobCounts());
        test.Pump();
        Assert.Equal((JobState.Completed, "value"), (parent.State, parent.GetInfo().Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Obliterate_OfAParentThatHasFailedBeforeItsLastChild_RemovesBoth(bool force)
    {
        using PumpedStore test = new();
        test.Work("q", static _ => throw new InvalidOperationException("boom"));
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("bad", "q"), new FlowJob("waiting", "q")] });
        test.Store.Pump(1);
        Assert.Equal((JobState.Failed, JobState.Waiting), (flow.Job.State, flow.Children[1].Job.State));

        test.Queue("q").Obliterate(force);

        Assert.Equal((default, 0), (test.Queue("q").GetJobCounts(), CountUsedSlots(test)));
    }

    [Fact]
    [Trait("Behaviour", "REP-37")]
    public void Obliterate_OfAQueueWithSchedules_EndsThemWithTheirJobs()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobQueue queue = test.Queue("q");
        queue.AddSchedule("runs", new RepeatOptions { Every = s_hour }, "runs", 0);
        queue.AddSchedule("waits", new RepeatOptions { Every = 2 * s_hour }, "waits", 0);
        test.Queue("other").AddSchedule("other", new RepeatOptions { Every = s_hour }, "other", 0);
        test.PumpAfter(s_hour);
        HeldRun run = held.Next();
        List<JobEvent> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(heard.Add);

        queue.Obliterate(force: true);

        Assert.Empty(queue.GetSchedules());
        Assert.Single(test.Queue("other").GetSchedules());
        Assert.All(heard, static occurrence => Assert.Equal(JobEventType.Removed, occurrence.Type));
        run.Return();
        test.PumpAfter(10 * s_hour);
        Assert.Equal(default, queue.GetJobCounts());
        held.AssertNoneStarted();
        Assert.NotEqual(default, queue.AddSchedule("runs", new RepeatOptions { Every = s_hour }, "again", 0).Job);
    }

    [Fact]
    public void RemovedByHandDrainCleanOrObliterate_FreesKeyAndId()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobOptions options = new() { CustomId = "id", Deduplication = Deduplication.ByKey("key") };
        JobHandle last = queue.Add("job", options);
        Action[] removals = [() => last.Remove(), () => queue.Drain(), () => queue.Clean(JobState.Waiting, TimeSpan.Zero), () => queue.Obliterate(), () => queue.Obliterate(force: true)];
        foreach (Action remove in removals)
        {
            Assert.Equal(last, queue.Add("job", options));
            remove();
            JobHandle next = queue.Add("job", options);
            Assert.NotEqual(last, next);
            last = next;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Behaviour", "WUF-08")]
    public async Task Wait_ForAJobRemovedWithItsQueue_EndsWithAnError(int way)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        JobQueue queue = test.Queue("q");
        JobHandle[] jobs = [queue.Add("job"), queue.Add("other")];
        if (way == 3)
        {
            test.Work("q", held);
            test.Pump();
        }

        Task[] waits = [.. jobs.Select(static job => job.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask())];
        Action[] removals = [() => queue.Drain(), () => queue.Clean(JobState.Waiting, TimeSpan.Zero), () => queue.Obliterate(), () => queue.Obliterate(force: true), () => Array.ForEach(jobs, static job => job.Remove())];
        removals[way]();

        foreach (Task wait in waits)
        {
            await Assert.ThrowsAsync<JobNotFoundException>(() => wait.Within());
        }

        if (way == 3)
        {
            held.Next().Return("late");
            test.Pump();
        }
    }

    [Fact]
    [Trait("Behaviour", "MGT-33")]
    public void Obliterate_OfAUsedQueue_LeavesNothingAndItMayBeUsedAgain()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Capacity = 10 });
        test.Work("q", static job =>
        {
            job.Log("line");
            return job.Name == "bad" ? throw new InvalidOperationException("boom") : job.Name;
        });
        for (int round = 0; round < 3; round++)
        {
            queue.Add("good");
            queue.Add("bad", new JobOptions { Attempts = 2, CustomId = "id" });
            test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("bad", "q"), new FlowJob("good", "q")] });
            test.Store.Pump(round);
            queue.AddDelayed("later", 0, s_hour);

            queue.Obliterate();

            Assert.Equal((default, 0, 0), (queue.GetJobCounts(), test.Store.GetQueues().Single().RoomTaken, CountUsedSlots(test)));
            Assert.Null(test.Store.NextDue);
            Assert.Equal(0, test.Store.Engine.Queues.Use("q").Ledger.CustomIdCount);
        }

        JobHandle job = queue.Add("good");
        test.Pump();
        Assert.Equal("good", job.GetInfo().Value);
    }

    [Fact]
    public void Obliterate_FromInsideAHandler_TakesItsOwnJobToo()
    {
        using PumpedStore test = new();
        bool fired = false;
        test.Work("q", job =>
        {
            test.Queue("q").Obliterate(force: true);
            fired = job.CancellationToken.IsCancellationRequested;
            return "late";
        });
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();

        Assert.Equal((JobState.None, true), (job.State, fired));
        Assert.Equal(0, CountUsedSlots(test));
    }

    /// <summary>The handler has returned its value; the pump has not come to the end of the run yet.</summary>
    [Fact]
    public void ForcedObliterate_OfARunThatHasClaimedItsEnd_TakesTheJobAllTheSame()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            JobRun run = test.Store.Engine.Dispatcher.Runs.Find(StateWord.Ticket(test.Store.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64())).Word, StateWord.SlotOf(job.Id.ToInt64())))!;
            run.SetResult(run.Run, 5L);
            test.Queue("q").Obliterate(force: true);
            return null;
        });
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "elsewhere") { Children = [new FlowJob("child", "q")] }).Job;
        test.Pump();

        Assert.Equal((JobState.Waiting, 0), (parent.State, parent.GetInfo().PendingChildren));
        Assert.Equal(default, test.Queue("q").GetJobCounts());
    }

    private static int CountUsedSlots(PumpedStore test)
    {
        JobTable table = test.Store.Engine.Table;
        return Enumerable.Range(JobTable.FirstUsableSlot, table.SlotLimit - JobTable.FirstUsableSlot).Count(slot => table.IsSlot(slot) && StateWord.State(table.Record(slot).Word) != StateWord.Free);
    }
}
