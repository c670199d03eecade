using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>A user's own clock that throws: the store goes on with the time it has seen last, leaves nothing half done, and tells of it.</summary>
public sealed class ThrowingClockTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private readonly ThrowingTime _time = new();
    private readonly ListLogger _log = new();
    private readonly JobStore _store;
    private readonly List<string> _ran = [];

    public ThrowingClockTests() => _store = new JobStore(new JobStoreOptions { TimeProvider = _time, RandomSeed = 1, LoggerFactory = _log });

    private JobQueue Queue => _store.GetQueue("q");

    public void Dispose()
    {
        if (_store.EngineOrNull is not null)
        {
            IntegrityChecker.Check(_store);
        }

        _store.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void Make_AStoreUnderAClockThatThrows_Throws() =>
        Assert.Throws<TimeZoneNotFoundException>(static () => new JobStore(new JobStoreOptions { TimeProvider = new ThrowingTime { Throws = true } }));

    [Fact]
    public async Task Close_UnderAClockThatMakesNoTimers_DoesNotWaitForEver()
    {
        TaskCompletionSource end = new();
        using Worker worker = new(_store, "q", async (_, _) => await end.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle job = Queue.Add("job");
        _store.Pump();
        _time.MakesNoTimers = true;

        await worker.CloseAsync(s_second).Within();

        Assert.Equal(JobState.Waiting, job.State);
        AssertTold();
        end.SetResult();
        _store.Pump();
    }

    [Fact]
    public void Cancel_WhileTheClockThrows_EndsTheJobAtTheTimeSeenLast()
    {
        JobHandle job = Queue.AddDelayed("job", 0, s_second);
        DateTimeOffset seen = _time.GetUtcNow();
        _time.Advance(s_second);
        _time.Throws = true;

        Assert.True(job.Cancel());

        Assert.Equal((JobState.Canceled, seen), (job.State, job.GetInfo().EndedAt));
        AssertTold();
    }

    [Fact]
    public void Add_AFlowWithACustomIdWhileTheClockThrows_KeepsTheIdForThatFlowOnly()
    {
        FlowProducer flows = new(_store);
        _time.Throws = true;
        FlowResult added = flows.Add(Flow());

        Assert.Equal(added.Job, Queue.Add("other", new JobOptions { CustomId = "id" }));
        Assert.Throws<DuplicateJobException>(() => flows.Add(Flow()));
        Assert.True(added.Job.Remove());
        Assert.NotEqual(added.Job, flows.Add(Flow()).Job);
        AssertTold();

        static FlowJob Flow() => new("parent", "q") { Options = new JobOptions { CustomId = "id", Delay = s_second }, Children = [new FlowJob("child", "q") { Options = new JobOptions { Delay = s_second } }] };
    }

    [Fact]
    public void Pump_SixDatedJobsAreDueWhileTheDateThrows_LosesNoneOfThem()
    {
        using Worker worker = Work();
        foreach (string id in (string[])["a", "b", "c", "d", "e", "f"])
        {
            Queue.AddSchedule(id, new RepeatOptions { Cron = "* * * * *", Limit = 1 }, id, 0);
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        _time.ThrowsDates = true;
        _store.Pump();
        _time.ThrowsDates = false;
        AssertTold();
        _time.Advance(TimeSpan.FromMinutes(1)); // By the time that was seen last they were a minute early.
        _store.Pump();

        Assert.Equal(["a", "b", "c", "d", "e", "f"], _ran.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pump_JobsFallDueBeforeAListenerWhileTheDateThrows_RunsThem()
    {
        using Worker worker = Work();
        using HeardEvents heard = new(_store.Events, JobEventType.Waiting);
        Queue.AddDelayed("one", 0, s_second);
        Queue.AddDelayed("other", 0, s_second);
        _time.Advance(s_second);
        _time.ThrowsDates = true;

        _store.Pump();

        Assert.Equal(["one", "other"], _ran);
        Assert.Equal(["one: Delayed to Waiting", "other: Delayed to Waiting"], heard);
        AssertTold();
    }

    [Fact]
    public void Pump_ParentWithADelayIsPromotedWhileTheClockThrows_RunsAfterIt()
    {
        using Worker worker = Work(job => _time.Throws = job.Name == "child");
        JobHandle parent = new FlowProducer(_store).Start(new FlowJob("parent", "q") { Options = new JobOptions { Delay = s_second }, Children = [new FlowJob("child", "q")] });
        _store.Pump();
        Assert.Equal(JobState.Delayed, parent.State);
        _time.Throws = false;

        _time.Advance(s_second);
        _store.Pump();

        Assert.Equal(["child", "parent"], _ran);
        AssertTold();
    }

    [Fact]
    public void Pump_WhileTheClockThrows_RunsWhatIsDueOnceItGoesOn()
    {
        using Worker worker = Work();
        Queue.AddDelayed("job", 0, s_second);
        _time.Advance(s_second);
        _time.Throws = true;
        _store.Pump();
        _time.Throws = false;

        _store.Pump();

        Assert.Equal(["job"], _ran);
        AssertTold();
    }

    [Fact]
    public async Task Timer_RingsWhileTheClockThrows_IsSetAgain()
    {
        using Worker worker = new(_store, "q", static _ => null);
        List<string> errors = [];
        using IDisposable subscription = _store.Events.Subscribe(error => errors.Add($"{error.Context}: {error.Error!.Message}"), JobEventType.Error);
        JobHandle first = Queue.AddDelayed("first", 0, s_second);
        JobHandle second = Queue.AddDelayed("second", 0, 3 * s_second);
        _time.Throws = true;
        _time.Advance(s_second);
        Assert.Equal(["The store's clock: no zone"], errors);
        _time.Throws = false;

        _time.Advance(s_second);
        await first.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        _time.Advance(s_second);
        await second.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
    }

    [Fact]
    public async Task Timer_CouldNotBeSet_IsSetForTheNextThatIsToCome()
    {
        using Worker worker = new(_store, "q", static _ => null);
        _time.ThrowsTimers = true;
        JobHandle first = Queue.AddDelayed("first", 0, s_second);
        _time.ThrowsTimers = false;
        JobHandle second = Queue.AddDelayed("second", 0, 2 * s_second);

        _time.Advance(2 * s_second);

        await first.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        await second.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        AssertTold();
    }

    [Fact]
    public void Dispose_ClockHasThrownAndNothingHasRungSince_TellsOfIt()
    {
        _time.Throws = true;
        Queue.Add("job");
        Assert.Empty(_log.Entries);
        _store.Dispose();
        AssertTold();
    }

    private Worker Work(Action<Job>? handler = null) => new(
        _store,
        "q",
        job =>
        {
            _ran.Add(job.Name);
            handler?.Invoke(job);
            return null;
        },
        new WorkerOptions { Mode = WorkerMode.Pumped });

    /// <summary>It is told by who rings.</summary>
    private void AssertTold()
    {
        _store.EngineOrNull?.Dispatcher.Alarm.Ring();
        Assert.NotEmpty(_log.Entries);
        Assert.All(_log.Entries, static entry => Assert.Equal(("The store's clock failed.", "no zone"), (entry.Message, entry.Error!.Message)));
    }
}
