using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>A queue is paused and resumed; what a pause means for jobs on their way to it is in <see cref="PausedQueueTests"/>.</summary>
public class QueuePauseTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "PAU-01")]
    [Trait("Behaviour", "PAU-07")]
    [Trait("Behaviour", "PAU-20")]
    public void PausedQueue_HandsOutNothing_UntilItIsResumed()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobQueue queue = test.Queue("q");
        Assert.False(queue.IsPaused);
        queue.Add("before");
        queue.Pause();
        queue.Add("after");

        Assert.True(queue.IsPaused);
        Assert.Equal((0, 2), (test.Pump().JobsRun, test.Pump().JobsReady));
        Assert.Equal(2, queue.GetJobCounts().Waiting);
        Assert.Equal(["before", "after"], queue.GetJobs(JobState.Waiting).Select(static job => job.Name));

        queue.Resume();
        Assert.False(queue.IsPaused);
        test.Pump();
        Assert.Equal(["before", "after"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PAU-06")]
    public void Pause_WhileJobsRun_InterruptsNone()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        test.Work("q", held);
        JobHandle running = test.Queue("q").Add("running");
        JobHandle next = test.Queue("q").Add("next");
        test.Pump();
        HeldRun run = held.Next();

        test.Queue("q").Pause();
        Assert.Equal((JobState.Active, false), (running.State, run.Token.IsCancellationRequested));
        run.Return();
        test.Pump();

        Assert.Equal((JobState.Completed, JobState.Waiting), (running.State, next.State));
    }

    [Fact]
    [Trait("Behaviour", "PAU-08")]
    public void PauseAndResume_OfAQueue_AreAnnouncedOnceEach()
    {
        using PumpedStore test = new();
        List<(JobEventType, string, string, JobHandle, DateTimeOffset)> heard = [];
        using IDisposable store = test.Store.Events.Subscribe(Note);
        test.Queue("other").Events.Subscribe(Note);
        JobQueue queue = test.Queue("q");
        queue.Resume();
        queue.Pause();
        queue.Pause();
        queue.Resume();
        queue.Resume();

        Assert.Equal(
            [(JobEventType.Paused, "q", "", default, test.Time.GetUtcNow()), (JobEventType.Resumed, "q", "", default, test.Time.GetUtcNow())],
            heard);

        heard.Clear();
        store.Dispose();
        queue.Events.Subscribe(Note, JobEventType.Resumed);
        queue.Pause();
        queue.Resume();
        Assert.Equal(JobEventType.Resumed, Assert.Single(heard).Item1);

        void Note(JobEvent occurrence) => heard.Add((occurrence.Type, occurrence.QueueName, occurrence.JobName, occurrence.Job, occurrence.Time));
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [InlineData(WorkerMode.Pumped)]
    [Trait("Behaviour", "PAU-09")]
    [Trait("Behaviour", "PAU-16")]
    public async Task Pause_BeforeAnyWorker_HoldsForThoseMadeLaterAndResumeWakesThem(WorkerMode mode)
    {
        await using LiveStore test = new();
        JobQueue queue = test.Queue("q");
        queue.Pause();
        HeldHandler held = new();
        test.Work("q", held.RunAsync, mode: mode);
        test.Work("q", held.RunAsync, mode: mode);
        JobHandle[] jobs = [queue.Add("one"), queue.Add("two")];

        test.Store.Pump();
        held.AssertNoneStarted();
        Assert.Equal(2, queue.GetJobCounts().Waiting);

        // The clock stands still: nothing but the resume can wake a loop.
        queue.Resume();
        test.Store.Pump();
        (await held.NextAsync()).Return();
        (await held.NextAsync()).Return();
        test.Store.Pump();
        await Task.WhenAll(jobs.Select(job => job.WaitUntilFinishedAsync(TestToken).AsTask())).Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PausesOfWorkerAndQueue_AreIndependent(bool queueFirst)
    {
        using PumpedStore test = new();
        Worker worker = test.Work("q");
        JobQueue queue = test.Queue("q");
        queue.Add("job");
        worker.Pause();
        queue.Pause();
        Assert.Equal((true, false), (worker.IsPaused, worker.IsRunning));

        Action[] resumes = queueFirst ? [queue.Resume, worker.Resume] : [worker.Resume, queue.Resume];
        resumes[0]();
        Assert.Equal((queueFirst, !queueFirst, !queueFirst), (worker.IsPaused, worker.IsRunning, queue.IsPaused));
        Assert.Equal(0, test.Pump().JobsRun);
        resumes[1]();
        Assert.Equal(1, test.Pump().JobsRun);
    }

    [Fact]
    public void WorkerMadeOnAPausedQueue_BeginsOnlyWhenItIsStartedAndTheQueueResumed()
    {
        using PumpedStore test = new();
        test.Queue("q").Pause();
        test.Queue("q").Add("job");
        using Worker worker = new(test.Store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped, AutoStart = false });
        test.Queue("q").Resume();
        Assert.Equal((false, 0), (worker.IsRunning, test.Pump().JobsRun));
        test.Queue("q").Pause();
        worker.Start();
        Assert.Equal((true, 0), (worker.IsRunning, test.Pump().JobsRun));
        test.Queue("q").Resume();
        Assert.Equal(1, test.Pump().JobsRun);
    }

    [Fact]
    [Trait("Behaviour", "PAU-19")]
    public void GetQueues_OneIsPaused_ShowsWhich()
    {
        using PumpedStore test = new();
        test.Queue("running").Add("job");
        test.Queue("paused").Pause();
        Assert.Equal([("running", false), ("paused", true)], test.Store.GetQueues().Select(static queue => (queue.Name, queue.IsPaused)));
        test.Queue("paused").Resume();
        Assert.All(test.Store.GetQueues(), static queue => Assert.False(queue.IsPaused));
        Assert.False(test.Queue("unknown").IsPaused);
        test.Queue("unknown").Resume();
        Assert.Equal(2, test.Store.GetQueues().Count);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "PAU-15")]
    public async Task PauseAndResume_ManyTimes_LeaveOneLoopAndOneTimer(WorkerMode mode)
    {
        CountingTime time = new();
        await using LiveStore test = new(time: time);
        int now = 0;
        int most = 0;
        Worker worker = test.Work("q", async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return null;
        }, mode: mode);
        List<JobHandle> jobs = [];
        for (int i = 0; i < 200; i++)
        {
            test.Queue("q").Pause();
            jobs.Add(test.Queue("q").Add("job"));
            test.Queue("q").Resume();
        }

        await Task.WhenAll(jobs.Select(job => job.WaitUntilFinishedAsync(TestToken).AsTask())).Within();
        Assert.All(jobs, static job => Assert.Equal(1, job.GetInfo().AttemptsMade));
        Assert.Equal((1, 1, 1), (most, worker.Core.Loops.Length, time.LiveTimers));
        Assert.InRange(worker.Core.Queue.Ready.Parked.Count, 0, 1);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "PAU-21")]
    public async Task Pause_OnceItHasReturned_NothingStarts(WorkerMode mode)
    {
        await using LiveStore test = new();
        JobQueue queue = test.Queue("q");
        for (int worker = 0; worker < 2; worker++)
        {
            test.Work("q", static (_, _) => default, concurrency: 2, mode: mode);
        }

        for (int round = 0; round < 100; round++)
        {
            queue.AddBulk(Enumerable.Repeat(new JobRequest<int>("job", 1), 20));
            queue.Pause();
            int waiting = queue.GetJobCounts().Waiting;
            Assert.True(SpinWait.SpinUntil(() => queue.GetJobCounts().Active == 0, TimeSpan.FromSeconds(30)));
            Assert.Equal(waiting, queue.GetJobCounts().Waiting);
            queue.Resume();
        }

        await test.Store.WaitUntilIdleAsync(TestToken).Within();
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [InlineData(WorkerMode.Pumped)]
    public async Task Pause_FromInsideHandlersOfTheQueue_DoesNotDeadlock(WorkerMode mode)
    {
        await using LiveStore test = new();
        JobQueue queue = test.Queue("q");
        test.Work("q", (_, _) =>
        {
            queue.Pause();
            return default;
        }, concurrency: 2, mode: mode);
        JobHandle[] jobs = [queue.Add("one"), queue.Add("two"), queue.Add("three")];
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                test.Store.Pump();
                queue.Resume();
                return Array.TrueForAll(jobs, static job => job.IsFinished);
            },
            TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void PumpUntil_JobOfAPausedQueue_AnswersAtOnce()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = test.Queue("q").Add("job");
        test.Queue("q").Pause();
        Assert.False(test.Store.PumpUntil(job, TimeSpan.FromHours(1)));
        Assert.Empty(test.Ran);
    }

    [Fact]
    public async Task PumpUntil_QueueIsResumedOnAnotherThread_GoesOn()
    {
        await using LiveStore test = new();
        JobQueue queue = test.Queue("q");
        queue.Pause();
        test.Work("q", static (_, _) => default, mode: WorkerMode.Pumped);
        test.Work("resumer", (_, _) =>
        {
            queue.Resume();
            return default;
        });
        for (int round = 0; round < 50; round++)
        {
            queue.Pause();
            JobHandle job = queue.Add("job");
            test.Queue("resumer").Add("resume");
            Assert.True(test.Store.PumpUntil(job, TimeSpan.FromSeconds(30)));
        }
    }
}
