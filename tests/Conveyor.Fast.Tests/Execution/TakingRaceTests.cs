using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Runs that end while somebody takes their job away: one of the two decides, and all agree on it.</summary>
public class TakingRaceTests
{
    private const int Rounds = 300;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TimeLimit_RacingWithTheReturn_LeavesOneOutcome(int attempts)
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        test.Work("q", held.RunAsync);
        Dictionary<JobId, List<JobEventType>> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence =>
            {
                lock (heard)
                {
                    (heard.TryGetValue(occurrence.Job.Id, out List<JobEventType>? types) ? types : heard[occurrence.Job.Id] = []).Add(occurrence.Type);
                }
            },
            JobEventType.Completed, JobEventType.Failed, JobEventType.Retrying);
        for (int i = 0; i < Rounds; i++)
        {
            JobHandle job = test.Queue("q").Add("job", i, new JobOptions { Attempts = attempts, Timeout = s_limit, Backoff = Backoff.Fixed(s_limit) });
            HeldRun run = await held.NextAsync();
            Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
            Task returning = Task.Run(() => run.Return("value"), TestToken);
            test.Time.Advance(s_limit);
            await returning.Within();
            if (attempts == 2 && await IsDelayedAsync(job))
            {
                while (test.Store.NextDue is null)
                {
                    await Task.Yield(); // It is under the clock a moment after its step.
                }

                test.Time.Advance(s_limit);
                (await held.NextAsync()).Return("second value");
            }

            await wait.Within().ContinueWith(static _ => { }, TestToken, TaskContinuationOptions.None, TaskScheduler.Default);
            JobInfo info = job.GetInfo();
            JobEventType end = wait.IsCompletedSuccessfully ? JobEventType.Completed : JobEventType.Failed;
            Assert.Equal(wait.IsCompletedSuccessfully ? JobState.Completed : JobState.Failed, info.State);
            Assert.Equal(info.State == JobState.Failed, info.Error is JobTimeoutException);
            Assert.Equal(info.AttemptsMade == 2 ? [JobEventType.Retrying, JobEventType.Completed] : [end], heard[job.Id]);
        }
    }

    [Fact]
    public async Task Stall_RacingWithTheReturn_LeavesOneOutcome()
    {
        await using LiveStore test = new();
        HeldHandler held = new();
        for (int i = 0; i < Rounds; i++)
        {
            Worker worker = test.Work("q", held.RunAsync);
            JobHandle job = test.Queue("q").Add("job", i);
            HeldRun run = await held.NextAsync();
            Task closing = worker.CloseAsync(TimeSpan.Zero);
            Task returning = Task.Run(() => run.Return("value"), TestToken);
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll(closing, returning).Within();
            await worker.Core.QuietAsync(exceptOwnWaits: false).Within();

            JobInfo info = job.GetInfo();
            Assert.Equal(info.State == JobState.Waiting ? (null, 1, 0) : ("value", 0, 1), ((string?)info.Value, info.StalledCount, info.AttemptsMade));
            job.Remove();
        }
    }

    /// <summary>False once the job has ended instead.</summary>
    private static async Task<bool> IsDelayedAsync(JobHandle job)
    {
        while (job.State is not (JobState.Delayed or JobState.Completed or JobState.Failed))
        {
            await Task.Yield();
            TestToken.ThrowIfCancellationRequested();
        }

        return job.State == JobState.Delayed;
    }
}
