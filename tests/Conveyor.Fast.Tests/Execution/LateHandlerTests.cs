using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Handlers that return after their time was over, or never.</summary>
public class LateHandlerTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_abandon = TimeSpan.FromSeconds(20);

    [Fact]
    [Trait("Behaviour", "TMO-60")]
    public async Task Handler_ThatNeverReturns_LosesItsJobAfterAbandonAfterAndKeepsItsSlot()
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        using Worker worker = new(test.Store, "q", held.RunAsync, new WorkerOptions { AbandonAfter = s_abandon });
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "unserved")
        {
            Children = [new FlowJob("child", "q") { Options = new JobOptions { Attempts = 3, Timeout = s_limit } }],
        }).Job;
        JobHandle child = parent.Children[0].Job;
        JobHandle next = test.Queue("q").Add("next");
        HeldRun run = await held.NextAsync();

        test.Time.Advance(s_limit);
        Assert.Equal((JobState.Active, true), (child.State, run.Token.IsCancellationRequested));
        test.Time.Advance(s_abandon - s_tick);
        Assert.Equal((JobState.Active, JobState.WaitingChildren), (child.State, parent.State));
        test.Time.Advance(s_tick);
        Assert.Equal((JobState.Failed, JobState.Failed), (child.State, parent.State));
        Assert.IsType<JobTimeoutException>(child.GetInfo().Error);
        Assert.Equal(1, child.GetInfo().AttemptsMade);

        Assert.Equal(JobState.Waiting, next.State);
        held.AssertNoneStarted();
        run.Return();
        HeldRun second = await held.NextAsync();
        Assert.Equal("next", second.Job.Name);
        second.Return();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void AbandonAfter_ZeroOrInfinite_IsAtOnceOrNever(int milliseconds)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, abandonAfter: TimeSpan.FromMilliseconds(milliseconds));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_limit });
        test.Pump();

        test.PumpAfter(s_limit);
        test.PumpAfter(milliseconds < 0 ? TimeSpan.FromDays(1000) : TimeSpan.Zero);
        Assert.Equal(milliseconds < 0 ? JobState.Active : JobState.Failed, job.State);
    }

    [Fact]
    [Trait("Behaviour", "TMO-61")]
    public void Retry_WhileTheTimedOutRunIsOut_IsRefusedAndThenAccepted()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, concurrency: 2);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Timeout = s_limit });
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);

        Assert.Equal(JobState.Failed, Assert.Throws<InvalidJobStateException>(() => job.Retry()).Current);
        test.Pump();
        Assert.Equal(JobState.Failed, job.State);
        held.AssertNoneStarted();

        late.Return("dropped");
        test.Pump();
        Assert.Equal(JobState.Failed, job.State);
        job.Retry();
        test.Pump();
        held.Next().Return("second life");
        test.Pump();
        Assert.Equal((JobState.Completed, "second life"), (job.State, job.GetInfo().Value));
    }

    [Fact]
    public void LateEnd_OfATimedOutRun_IsDroppedAndSaidOnlyIfItThrew()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, concurrency: 3);
        List<JobEvent> errors = [];
        using IDisposable subscription = test.Store.Events.Subscribe(errors.Add, JobEventType.Error);
        using HeardEvents heard = new(test.Store.Events, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Retrying);
        JobOptions limited = new() { Timeout = s_limit };
        JobHandle[] jobs = [test.Queue("q").Add("returns", limited), test.Queue("q").Add("gives-up", limited), test.Queue("q").Add("throws", limited)];
        test.Pump();
        HeldRun[] runs = [held.Next(), held.Next(), held.Next()];
        test.PumpAfter(s_limit);

        InvalidOperationException late = new("late");
        runs[0].Return("dropped");
        runs[1].Throw(new OperationCanceledException(runs[1].Token));
        runs[2].Throw(late);
        Assert.Equal(3, test.Store.Pump(0).JobsSuspended);
        test.Pump();

        Assert.All(jobs, static job => Assert.IsType<JobTimeoutException>(job.GetInfo().Error));
        Assert.Equal(["returns: Active to Failed", "gives-up: Active to Failed", "throws: Active to Failed"], heard);
        JobEvent error = Assert.Single(errors);
        Assert.Equal((jobs[2], "q"), (error.Job, error.QueueName));
        Assert.Contains("'throws'", error.Error!.Message);
        Assert.Same(late, error.Error.InnerException);
        Assert.Throws<InvalidOperationException>(() => runs[0].Job.Id);
    }

    [Fact]
    public void Job_OfALateHandler_StaysItsOwnWhateverBecomesOfTheRecord()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job", "payload", new JobOptions { Timeout = s_limit, RemoveOnFail = Retention.RemoveAtOnce, CustomId = "mine" });
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);
        Assert.Equal(JobState.None, job.State);
        JobHandle namesake = test.Queue("unserved").Add("other");
        JobHandle successor = test.Queue("q").Add("successor", new JobOptions { CustomId = "mine" });

        Assert.Equal((job.Id, "job", "payload"), (late.Job.Id, late.Job.Name, late.Job.GetData<string>()));
        late.Job.Log("dropped");
        late.Job.Discard();
        late.Job.MoveToWaiting();
        Assert.False(late.Job.MoveToFailed("again"));
        IntegrityChecker.Check(test.Store);
        late.Return();
        test.Pump();
        Assert.NotEqual(successor.Id, job.Id);
        Assert.Equal((JobState.Waiting, JobState.Active), (namesake.State, successor.State));
    }

    [Fact]
    public void CanceledRun_OverItsLimit_EndsCanceledAtOnce()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        using HeardEvents heard = new(test.Store.Events, JobEventType.Canceled, JobEventType.Failed, JobEventType.Retrying);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3, Timeout = s_limit });
        test.Pump();
        Assert.True(job.Cancel("not wanted"));
        test.PumpAfter(s_limit - s_tick);
        Assert.Equal(JobState.Active, job.State);
        test.PumpAfter(s_tick);

        Assert.Equal((JobState.Canceled, "not wanted"), (job.State, job.GetInfo().Reason));
        Assert.Equal(["job: Active to Canceled"], heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OverdueRun_Canceled_EndsCanceledWhenItReturnsOrIsAbandoned(bool returns)
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, abandonAfter: s_abandon);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3, Timeout = s_limit });
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);
        Assert.True(job.Cancel("not wanted"));
        Assert.Equal(JobState.Active, job.State);
        if (returns)
        {
            late.Return();
            test.Pump();
        }
        else
        {
            test.PumpAfter(s_abandon);
        }

        Assert.Equal((JobState.Canceled, "not wanted"), (job.State, job.GetInfo().Reason));
        held.AssertNoneStarted();
    }

    [Fact]
    public void OverdueRun_BeforeItReturns_StillLogsAndDiscards()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3, Timeout = s_limit });
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);
        late.Job.Log("giving up");
        late.Job.Discard();
        late.Return();
        test.Pump();

        JobInfo info = job.GetInfo();
        Assert.Equal((JobState.Failed, 1, true), (info.State, info.AttemptsMade, info.IsDiscarded));
        Assert.Equal(["giving up"], Assert.Single(info.History).Log);
    }

    [Fact]
    public void HandlerThatReturnedInTime_IsNotAbandonedWhileItsBackoffIsAsked()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held, abandonAfter: s_abandon);
        TaskCompletionSource<TimeSpan?> answer = new();
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_limit, Backoff = Backoff.Custom(_ => new(answer.Task)) });
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(s_limit);
        late.Return();
        test.Pump();
        test.PumpAfter(s_abandon);
        Assert.Equal(JobState.Active, job.State);

        answer.SetResult(TimeSpan.FromSeconds(1));
        test.Pump();
        Assert.Equal((JobState.Delayed, 1), (job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    public void DeadlineLookedAtTooLate_WhileTheBackoffIsAsked_LeavesTheJobToItsOwner()
    {
        using PumpedStore test = new();
        TaskCompletionSource<TimeSpan?> answer = new();
        Worker worker = test.Work("q", static _ => throw new InvalidOperationException("in time"));
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Timeout = s_limit, Backoff = Backoff.Custom(_ => new(answer.Task)) });
        test.Pump();
        WorkerLoop loop = worker.Core.Loops[0];
        Assert.True(loop.TryGetRun(out Fast.Execution.JobRun? run, out long number));

        // What a look does that was held up between its look at the loop and its step.
        test.Store.Engine.Dispatcher.Reclaimer.TimeOut(run, number, forGood: false);
        answer.SetResult(TimeSpan.FromSeconds(1));
        test.Pump();

        Assert.Equal((JobState.Delayed, 1, "in time"), (job.State, job.GetInfo().AttemptsMade, job.GetInfo().Reason));
    }
}
