using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>One worker is paused and resumed; what pauses a whole queue is in <see cref="QueuePauseTests"/>.</summary>
public class WorkerPauseTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "PAU-12")]
    [Trait("Behaviour", "PAU-13")]
    public async Task Pause_WhileJobsRun_ReturnsAtOnceAndPauseAsyncOnceTheyHaveEnded(WorkerMode mode)
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held.RunAsync, concurrency: 2, mode: mode);
        JobQueue queue = test.Queue("q");
        JobHandle[] jobs = [queue.Add("first"), queue.Add("second"), queue.Add("third")];
        HeldRun[] runs = [await held.NextAsync(), await held.NextAsync()];

        worker.Pause();
        Assert.Equal((2, true, false), (queue.GetJobCounts().Active, worker.IsPaused, worker.IsRunning));
        Task pausing = worker.PauseAsync(TestToken);
        runs[0].Return();
        await jobs[0].WaitUntilFinishedAsync(TestToken).AsTask().Within();
        Assert.False(pausing.IsCompleted);
        runs[1].Return();
        await pausing.Within();

        Assert.Equal((0, true, false), (queue.GetJobCounts().Active, worker.IsPaused, worker.IsRunning));
        Assert.Equal([JobState.Completed, JobState.Completed, JobState.Waiting], jobs.Select(static job => job.State));
        held.AssertNoneStarted();

        worker.Resume();
        (await held.NextAsync()).Return();
        await jobs[2].WaitUntilFinishedAsync(TestToken).AsTask().Within();
        Assert.Equal((false, true), (worker.IsPaused, worker.IsRunning));
    }

    [Fact]
    [Trait("Behaviour", "PAU-10")]
    [Trait("Behaviour", "PAU-11")]
    public void PausedWorker_HoldsOnlyItself_UntilItIsResumed()
    {
        using PumpedStore test = new();
        List<string> ran = [];
        Worker paused = test.Work("q", _ => Note("paused"));
        Worker other = test.Work("q", _ => Note("other"));
        paused.Resume();
        Assert.True(paused.IsRunning);

        paused.Pause();
        paused.Pause();
        test.Queue("q").Add("job");
        test.Queue("q").Add("job");
        test.Pump();
        Assert.Equal(["other", "other"], ran);

        other.Pause();
        paused.Resume();
        test.Queue("q").Add("job");
        test.Pump();
        Assert.Equal(["other", "other", "paused"], ran);

        object? Note(string worker)
        {
            ran.Add(worker);
            return null;
        }
    }
}
