using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Cancels beside threads that start, run, clean up and close.</summary>
public class CancelRaceTests
{
    private const int Rounds = 300;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "CAN-14")]
    public async Task Cancel_RacingWithTheStart_EitherComesFirstOrFiresTheToken()
    {
        await using LiveStore test = new();
        int ended = 0;
        test.Work("q", async (_, token) =>
        {
            await token.FiredAsync();
            Interlocked.Increment(ref ended);
            return null;
        });
        int ran = 0;
        for (int i = 0; i < Rounds; i++)
        {
            JobHandle job = test.Queue("q").Add("job", i);
            Assert.True(job.Cancel());
            await Assert.ThrowsAsync<JobCanceledException>(() => job.WaitUntilFinishedAsync(TestToken).Within());
            Assert.Equal(JobState.Canceled, job.State);
            ran += job.GetInfo().StartedAt is null ? 0 : 1;
        }

        Assert.Equal(ran, ended); // Every handler that ran was let go by its token.
    }

    [Fact]
    [Trait("Behaviour", "CAN-15")]
    public async Task Cancel_RacingWithTheEnd_LeavesOneOutcomeForAll()
    {
        await using LiveStore test = new();
        Dictionary<JobId, List<JobState>> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence =>
            {
                lock (heard)
                {
                    (heard.TryGetValue(occurrence.Job.Id, out List<JobState>? states) ? states : heard[occurrence.Job.Id] = []).Add(occurrence.State);
                }
            },
            JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled);
        test.Work("q", static (_, _) => new ValueTask<object?>("value"));
        List<(JobHandle Job, JobState State)> jobs = [];
        for (int i = 0; i < Rounds; i++)
        {
            JobHandle job = test.Queue("q").Add("job", i);
            Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
            bool canceled = job.Cancel();
            await wait.Within().ContinueWith(static _ => { }, TestToken, TaskContinuationOptions.None, TaskScheduler.Default);
            Assert.Equal(canceled, wait.IsFaulted && wait.Exception!.InnerException is JobCanceledException);
            Assert.Equal(canceled ? JobState.Canceled : JobState.Completed, job.State);
            jobs.Add((job, job.State));
        }

        foreach (Worker worker in test.Store.Engine.Workers)
        {
            await worker.CloseAsync(TestToken).Within();
        }

        Assert.All(jobs, job => Assert.Equal([job.State], heard[job.Job.Id]));
    }

    [Fact]
    [Trait("Behaviour", "CAN-21")]
    [Trait("Behaviour", "CAN-22")]
    public async Task Close_AfterACancel_WaitsUntilTheHandlerHasCleanedUp()
    {
        await using LiveStore test = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cleans = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cleaned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker worker = test.Work("q", async (_, token) =>
        {
            started.SetResult();
            await token.FiredAsync();
            cleans.SetResult();
            await cleaned.Task;
            throw new OperationCanceledException(token);
        });
        JobHandle job = test.Queue("q").Add("job");
        await started.Task.Within();
        Assert.True(job.Cancel("not wanted"));
        await cleans.Task.Within();
        Task closing = worker.CloseAsync(TestToken);
        Assert.Equal((JobState.Active, false), (job.State, closing.IsCompleted));

        cleaned.SetResult();
        await closing.Within();
        Assert.Equal((JobState.Canceled, "not wanted"), (job.State, job.GetInfo().Reason));
    }

    [Fact]
    [Trait("Behaviour", "CAN-24")]
    public async Task Close_WithALimit_LetsJobsFinishAndFiresTheirTokensWhenItHasPassed()
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held.RunAsync, concurrency: 2);
        JobHandle quick = test.Queue("q").Add("quick");
        HeldRun first = await held.NextAsync();
        JobHandle slow = test.Queue("q").Add("slow");
        HeldRun second = await held.NextAsync();
        Task closing = worker.CloseAsync(TimeSpan.FromSeconds(10));
        test.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(second.Token.IsCancellationRequested);
        first.Return("value");
        await quick.WaitUntilFinishedAsync(TestToken).Within();

        test.Time.Advance(TimeSpan.FromTicks(1));
        await second.Token.FiredAsync().Within();
        second.Return("in the last moment");
        await closing.Within();
        Assert.Equal(("value", "in the last moment"), (quick.GetInfo().Value, slow.GetInfo().Value));
    }
}
