using Conveyor.Fast.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Telemetry;

public class SubscriberTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the store is disposed")]
    [InlineData("all are unsubscribed")]
    public async Task ReadAll_UntilNothingIsToldAnyMore_ReadsWhatWasKeptAndEnds(string end)
    {
        using JobStore store = new();
        JobQueue queue = store.GetQueue("q");
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<JobEventType> read = [];
        Task reading = ReadAsync();
        queue.Add("job");
        await first.Task.Within();

        if (end == "the store is disposed")
        {
            store.Dispose();
        }
        else
        {
            queue.Events.UnsubscribeAll();
        }

        await reading.Within();
        Assert.Equal([JobEventType.Added, JobEventType.Waiting], read);

        async Task ReadAsync()
        {
            await foreach (JobEvent occurrence in queue.Events.ReadAllAsync(cancellationToken: TestToken))
            {
                read.Add(occurrence.Type);
                first.TrySetResult();
            }
        }
    }

    [Fact]
    [Trait("Behaviour", "EVT-14")]
    public void Subscribe_TheSameHandlerTwice_RunsItOnce()
    {
        using PumpedStore test = new();
        List<JobEventType> heard = [];
        Action<JobEvent> handler = occurrence => heard.Add(occurrence.Type);
        test.Store.Events.Subscribe(handler, JobEventType.Added);
        test.Store.Events.Subscribe(handler, JobEventType.Added, JobEventType.Waiting);

        test.Queue("q").Add("job");

        Assert.Equal([JobEventType.Added, JobEventType.Waiting], heard);
    }

    [Fact]
    [Trait("Behaviour", "EVT-15")]
    public void Unsubscribe_StopsDelivery_AndOfSomethingUnknownIsHarmless()
    {
        using PumpedStore test = new();
        int calls = 0;
        Action<JobEvent> byCall = _ => calls++;
        Action<JobEvent> unknown = _ => calls++;
        test.Store.Events.Subscribe(byCall, JobEventType.Added);
        IDisposable byDispose = test.Store.Events.Subscribe(_ => calls += 10, JobEventType.Added);
        test.Queue("q").Add("heard");
        Assert.Equal(11, calls);

        test.Store.Events.Unsubscribe(unknown);
        test.Store.Events.Unsubscribe(byCall);
        byDispose.Dispose();
        byDispose.Dispose();
        test.Store.Events.Unsubscribe(byCall);
        test.Store.Events.UnsubscribeAll();
        test.Queue("q").Add("unheard");

        Assert.Equal(11, calls);
    }

    [Fact]
    [Trait("Behaviour", "EVT-17")]
    public void Events_WithoutListenersOrWithANullPayload_AreFine()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : null);
        test.Queue("q").Add("job", (string?)null);
        test.Queue("q").Add("bad", (string?)null);
        test.Pump();

        List<object?> values = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => values.Add(occurrence.Value));
        test.Queue("q").Add("job", (string?)null);
        test.Queue("q").Add("bad", (object?)null);
        test.Pump();

        Assert.True(values.Count >= 8);
        Assert.All(values, Assert.Null);
    }

    [Theory]
    [InlineData("at once")]
    [InlineData("by its task")]
    [InlineData("by its value task")]
    [Trait("Behaviour", "EVT-18")]
    [Trait("Behaviour", "EVT-21")]
    public async Task Handler_ThatThrowsAtOnceOrLater_OthersRunAndTheErrorIsAnEvent(string when)
    {
        static async ValueTask FailAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException("subscriber's own");
        }

        using PumpedStore test = new();
        TaskCompletionSource<JobEvent> error = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> heard = [];
        test.Store.Events.Subscribe(occurrence => heard.Add($"first {occurrence.JobName}"), JobEventType.Added);
        switch (when)
        {
            case "by its task":
                test.Store.Events.Subscribe(async _ => await FailAsync(), JobEventType.Added);
                break;
            case "by its value task":
                test.Store.Events.Subscribe(_ => FailAsync(), JobEventType.Added);
                break;
            default:
                test.Store.Events.Subscribe((Action<JobEvent>)(_ => throw new InvalidOperationException("subscriber's own")), JobEventType.Added);
                break;
        }

        test.Store.Events.Subscribe(occurrence => heard.Add($"last {occurrence.JobName}"), JobEventType.Added);
        test.Store.Events.Subscribe(occurrence => error.TrySetResult(occurrence), JobEventType.Error);

        test.Queue("q").Add("job");

        Assert.Equal(["first job", "last job"], heard);
        JobEvent reported = await error.Task.Within();
        Assert.Equal("subscriber's own", Assert.IsType<InvalidOperationException>(reported.Error).Message);
        Assert.Contains("Added", reported.Context);
    }

    [Fact]
    [Trait("Behaviour", "EVT-19")]
    [Trait("Behaviour", "EVT-20")]
    public void Error_WithoutAListenerOrFromOne_IsLogged()
    {
        ListLogger logger = new();
        using JobStore store = new(new JobStoreOptions { TimeProvider = new FakeTimeProvider(), LoggerFactory = logger });
        store.Events.Subscribe((Action<JobEvent>)(static _ => throw new InvalidOperationException("lost?")), JobEventType.Added);
        store.GetQueue("q").Add("job");
        (string message, Exception? error) = Assert.Single(logger.Entries);
        Assert.Equal("lost?", error?.Message);
        Assert.Contains("Added", message);

        int calls = 0;
        store.Events.Subscribe(
            _ =>
            {
                calls++;
                throw new ArithmeticException("the error handler's own");
            },
            JobEventType.Error);
        store.GetQueue("q").Add("job");

        Assert.Equal(1, calls);
        Assert.Equal(2, logger.Entries.Count);
        Assert.Equal("the error handler's own", logger.Entries[1].Error?.Message);
    }

    /// <summary>A logger and the text of an exception are user code too: what they throw must not get out where the parent was to be sent out.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "EVT-20")]
    public void Subscriber_WhoseErrorCanNotBeWrittenDown_CostsNoJob(bool hasLogger)
    {
        using JobStore store = new(new JobStoreOptions { LoggerFactory = hasLogger ? new RefusingLogger() : null });
        using Worker worker = new(store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        store.Events.Subscribe((Action<JobEvent>)(_ => throw new UnreadableException()), JobEventType.Completed);
        JobHandle parent = new FlowProducer(store).Start(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });

        store.Pump();

        Assert.Equal(JobState.Completed, parent.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "EVT-19")]
    [Trait("Behaviour", "EVT-20")]
    public void Error_ThatCanNotBeWrittenDown_CostsNobodyElseAnything(bool hasLogger)
    {
        using JobStore store = new(new JobStoreOptions { TimeProvider = new FakeTimeProvider(), LoggerFactory = hasLogger ? new RefusingLogger() : null });
        store.Events.Subscribe((Action<JobEvent>)(static _ => throw new UnreadableException()), JobEventType.Added);
        List<string> heard = [];
        store.Events.Subscribe(occurrence => heard.Add(occurrence.Type.ToString()), JobEventType.Added, JobEventType.Waiting, JobEventType.Removed);

        JobHandle job = store.GetQueue("q").Add("job");
        Assert.True(job.Remove());

        Assert.Equal(["Added", "Waiting", "Removed"], heard);
        IntegrityChecker.Check(store);
    }

    [Fact]
    [Trait("Behaviour", "EVT-22")]
    [Trait("Behaviour", "EVT-23")]
    public void QueueEvents_GoToAllItsSubscribersAndNoOthers()
    {
        using PumpedStore test = new();
        List<string> heard = [];
        Action<JobEvent> first = occurrence => heard.Add($"first {occurrence.JobName}");
        test.Queue("a").Events.Subscribe(first, JobEventType.Added);
        test.Queue("a").Events.Subscribe(occurrence => heard.Add($"second {occurrence.JobName}"), JobEventType.Added);
        test.Queue("b").Events.Subscribe(occurrence => heard.Add($"other {occurrence.JobName}"), JobEventType.Added);

        test.Queue("a").Add("one");
        test.Queue("b").Add("two");
        Assert.Equal(["first one", "second one", "other two"], heard);

        heard.Clear();
        test.Queue("a").Events.Unsubscribe(first);
        test.Queue("a").Add("three");
        Assert.Equal(["second three"], heard);

        heard.Clear();
        test.Queue("a").Events.Subscribe(first, JobEventType.Added);
        test.Queue("a").Events.UnsubscribeAll();
        test.Queue("a").Add("four");
        test.Queue("b").Add("five");
        Assert.Equal(["other five"], heard);
    }

    [Fact]
    [Trait("Behaviour", "EVT-24")]
    public async Task QueueSubscriber_ThatThrows_IsReportedAndStopsNobody()
    {
        await using LiveStore test = new();
        int errors = 0;
        int heard = 0;
        using IDisposable reports = test.Store.Events.Subscribe(_ => Interlocked.Increment(ref errors), JobEventType.Error);
        using IDisposable bad = test.Queue("q").Events.Subscribe((Action<JobEvent>)(static _ => throw new InvalidOperationException("bad")), JobEventType.Active, JobEventType.Completed);
        using IDisposable good = test.Queue("q").Events.Subscribe(_ => Interlocked.Increment(ref heard), JobEventType.Active, JobEventType.Completed);
        Worker worker = test.Work("q", static (job, _) => new ValueTask<object?>(job.GetData<int>()), concurrency: 2);

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, await test.Queue("q").Add("job", i).WaitUntilFinishedAsync<int>(TestToken).Within());
        }

        await worker.CloseAsync(TestToken).Within();
        Assert.Equal((200, 200), (errors, heard));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "EVT-27")]
    public async Task Handlers_OfEveryEvent_MayAddCancelPauseAndClose(WorkerMode mode)
    {
        foreach (JobEventType type in (JobEventType[])[JobEventType.Added, JobEventType.Waiting, JobEventType.Active, JobEventType.Retrying, JobEventType.Failed, JobEventType.Completed, JobEventType.Drained])
        {
            await using LiveStore test = new();
            TaskCompletionSource<JobHandle> called = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Worker worker = test.Work("q", static (job, _) => job.Name == "bad" ? throw new InvalidOperationException("bad") : default, concurrency: 2, mode: mode);
            Worker other = test.Work("other", static (_, _) => default, mode: mode);
            int calls = 0;
            using IDisposable subscription = test.Store.Events.Subscribe(
                occurrence =>
                {
                    if (occurrence.QueueName == "q" && Interlocked.Increment(ref calls) == 1)
                    {
                        JobHandle added = test.Queue("q").Add("added");
                        occurrence.Job.Cancel();
                        worker.Pause();
                        worker.Resume();
                        _ = other.CloseAsync(CancellationToken.None);
                        _ = worker.CloseAsync(CancellationToken.None);
                        test.Queue("q").Close();
                        called.SetResult(added);
                    }
                },
                type);
            await Task.Run(
                () =>
                {
                    test.Queue("q").Add("bad", new JobOptions { Attempts = 2 });
                    test.Queue("q").Add("good");
                },
                TestToken).Within();

            Assert.NotEqual(JobState.None, (await called.Task.Within()).State);
            await worker.CloseAsync(TestToken).Within();
            await other.CloseAsync(TestToken).Within();
            await worker.Core.QuietAsync(exceptOwnWaits: false).Within(); // A close from inside a run does not wait for that run.
            Assert.False(worker.IsRunning || other.IsRunning);
        }
    }

    private sealed class UnreadableException : Exception
    {
        public override string ToString() => throw new InvalidOperationException("unreadable");
    }

    private sealed class RefusingLogger : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("refused");

        public void Dispose()
        {
        }
    }
}
