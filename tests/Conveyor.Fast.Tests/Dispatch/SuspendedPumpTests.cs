using System.Threading.Tasks.Sources;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class SuspendedPumpTests
{
    [Fact]
    public void Pump_AfterASuspendedChildEnds_RunsTheParentItPromoted()
    {
        using PumpedStore test = new();
        TaskCompletionSource end = new();
        using Worker worker = new(test.Store, "q", async (job, _) =>
        {
            test.Ran.Add(job.Name);
            await (job.Name == "child" ? end.Task : Task.CompletedTask);
        }, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle root = test.Flows.Start(new FlowJob("root", "q") { Children = [new FlowJob("child", "q")] });
        Assert.Equal(1, test.Pump().JobsSuspended);

        end.SetResult();
        test.Pump();

        Assert.Equal(["child", "root"], test.Ran);
        Assert.Equal(JobState.Completed, root.State);
    }

    [Fact]
    public void PumpUntil_WhileItsOnlyLoopIsSuspendedAndAJobIsReady_HasNothingToRun()
    {
        using PumpedStore test = new();
        TaskCompletionSource end = new();
        using Worker worker = new(test.Store, "q", async (_, _) => await end.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        test.Queue("q").Add("suspended");
        JobHandle ready = test.Queue("q").Add("ready");
        test.Pump();

        Assert.False(test.Store.Engine.Pump.HasWork);
        end.SetResult();
        Assert.True(test.Store.Engine.Pump.HasWork);
        Assert.True(test.Store.PumpUntil(ready, TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task Pump_WhileTheHandlerOfAClosedWorkerAwaits_CountsItAsSuspended()
    {
        using PumpedStore test = new();
        TaskCompletionSource end = new();
        using Worker worker = new(test.Store, "q", async (_, _) => await end.Task, new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        Task closed = worker.CloseAsync(Timeout.InfiniteTimeSpan);

        Assert.Equal(1, test.Pump().JobsSuspended);
        end.SetResult();
        Assert.True(test.Store.PumpUntil(job, TimeSpan.FromMinutes(10)));
        Assert.Equal(0, test.Pump().JobsSuspended);
        await closed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Pump_OfAWorkerWhoseLimitAHandlerRaises_UsesThePlaceInTheSameTurn()
    {
        using PumpedStore test = new();
        TaskCompletionSource end = new();
        Worker? worker = null;
        worker = new Worker(test.Store, "q", async (job, _) =>
        {
            test.Ran.Add(job.Name);
            worker!.Concurrency = 2;
            await end.Task;
        }, new WorkerOptions { Mode = WorkerMode.Pumped });
        test.Work("other", static _ => null);
        test.Queue("q").Add("first");
        test.Queue("q").Add("second");
        test.Queue("other").Add("third");

        test.Store.Pump(2);

        Assert.Equal(["first", "second"], test.Ran);
        worker.Dispose();
    }

    /// <summary>The budget is longer than the test may take: only a wake from the other thread lets it pass.</summary>
    [Theory]
    [InlineData("pumped")]
    [InlineData("threaded")]
    public async Task PumpUntil_WhileItSleeps_IsWokenByWhatAnotherThreadMakesReadyOrEnds(string rootQueue)
    {
        using JobStore store = new();
        using ManualResetEventSlim gate = new();
        using Worker pumped = new(store, "pumped", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        using Worker threaded = new(store, "threaded", _ =>
        {
            gate.Pass();
            return null;
        });
        JobHandle root = new FlowProducer(store).Start(new FlowJob("root", rootQueue) { Children = [new FlowJob("child", "threaded")] });
        Task<bool> pumping = Task.Run(() => store.PumpUntil(root, TimeSpan.FromMinutes(10)), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => store.Engine.Queues.Use("pumped").Ready.Ready.Parked.Any, TimeSpan.FromSeconds(30)));

        gate.Set();

        Assert.True(await pumping.Within());
    }

    [Fact]
    public async Task PumpUntil_WhileItSleepsBesideAPausedWorker_IsWokenByTheResume()
    {
        using JobStore store = new();
        using Worker paused = new(store, "paused", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        using Worker pumped = new(store, "pumped", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        using Worker threaded = new(store, "threaded", static _ => null);
        paused.Pause();
        JobHandle job = store.GetQueue("paused").Add("job");
        Task<bool> pumping = Task.Run(() => store.PumpUntil(job, TimeSpan.FromMinutes(10)), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => store.Engine.Queues.Use("pumped").Ready.Ready.Parked.Any, TimeSpan.FromSeconds(30)));

        paused.Resume();

        Assert.True(await pumping.Within());
    }

    [Fact]
    public async Task PumpUntil_OfAJobThatEndedAndWasRetriedWhileItSlept_IsWokenByTheNextEnd()
    {
        using JobStore store = new();
        using ManualResetEventSlim first = new();
        using ManualResetEventSlim second = new();
        JobHandle marker = default;
        using Worker pumped = new(store, "pumped", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        using Worker threaded = new(store, "threaded", _ =>
        {
            if (!first.IsSet)
            {
                first.Pass();
                throw new InvalidOperationException("boom");
            }

            marker = store.GetQueue("pumped").Add("marker");
            second.Pass();
            return null;
        });
        using IDisposable subscription = store.Events.Subscribe(static failed => failed.Job.Retry(), JobEventType.Failed);
        JobHandle job = store.GetQueue("threaded").Add("job");
        Task<bool> pumping = Task.Run(() => store.PumpUntil(job, TimeSpan.FromMinutes(10)), TestContext.Current.CancellationToken);
        bool Sleeps() => store.Engine.Queues.Use("pumped").Ready.Ready.Parked.Any;
        Assert.True(SpinWait.SpinUntil(Sleeps, TimeSpan.FromSeconds(30)));

        first.Set();
        Assert.True(SpinWait.SpinUntil(() => marker.State == JobState.Completed && Sleeps(), TimeSpan.FromSeconds(30)));
        second.Set();

        Assert.True(await pumping.Within());
    }

    public static TheoryData<string> Refusals => ["task", "value", "typed value", "backoff"];

    /// <summary>As a pooled source does that somebody else awaits already.</summary>
    [Theory]
    [MemberData(nameof(Refusals))]
    public void Pump_OfATaskThatRefusesToBeAwaited_FailsTheJobAndKeepsThePlace(string what)
    {
        using PumpedStore test = new();
        WorkerOptions pumped = new() { Mode = WorkerMode.Pumped };
        using Worker worker = what switch
        {
            "task" => new Worker(test.Store, "q", static (job, _) => job.Name == "bad" ? new ValueTask(new RefusingSource<int>(), 0) : default, pumped),
            "value" => new Worker(test.Store, "q", static (job, _) => job.Name == "bad" ? new ValueTask<object?>(new RefusingSource<object?>(), 0) : default, pumped),
            "typed value" => new Worker<int, int>(test.Store, "q", static (job, _, _) => job.Name == "bad" ? new ValueTask<int>(new RefusingSource<int>(), 0) : default, pumped),
            _ => new Worker(test.Store, "q", static job => job.Name == "bad" ? throw new InvalidOperationException("boom") : null, pumped),
        };
        JobOptions options = new()
        {
            Attempts = what == "backoff" ? 2 : 1,
            Backoff = Backoff.Custom(static _ => new ValueTask<TimeSpan?>(new RefusingSource<TimeSpan?>(), 0)),
        };
        JobHandle bad = test.Queue("q").Add("bad", 1, options);
        JobHandle good = test.Queue("q").Add("good", 1);

        Assert.Equal(0, test.Pump().JobsSuspended);

        Assert.Equal((JobState.Failed, JobState.Completed), (bad.State, good.State));
        Assert.Contains("refused", bad.GetInfo().Error?.ToString());
    }

    private sealed class RefusingSource<T> : IValueTaskSource, IValueTaskSource<T>
    {
        public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => throw new InvalidOperationException("refused");

        void IValueTaskSource.GetResult(short token) => throw new InvalidOperationException("refused");

        public T GetResult(short token) => throw new InvalidOperationException("refused");
    }
}
