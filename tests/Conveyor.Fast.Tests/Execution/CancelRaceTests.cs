using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>Cancels beside threads that start, run, clean up and close.</summary>
public class CancelRaceTests
{
    private const int Rounds = 300;
    private const int SureRounds = 10; // Of so many rounds one cancels surely before, and one surely after.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    /// <summary>What runs before it holds the worker's only loop, so that the job starts just after the gate.</summary>
    [Fact]
    [Trait("Behaviour", "CAN-14")]
    public async Task Cancel_RacingWithTheStart_EitherComesFirstOrFiresTheToken()
    {
        await using LiveStore test = new();
        Gate gate = new();
        int ended = 0;
        test.Work("q", async (job, token) =>
        {
            if (job.Name == "before")
            {
                gate.Pass(job.GetData<int>(), isCanceller: false);
                return null;
            }

            await token.FiredAsync();
            Interlocked.Increment(ref ended);
            return null;
        });
        int ran = 0;
        for (int i = 0; i < Rounds; i++)
        {
            test.Queue("q").Add("before", i);
            JobHandle job = test.Queue("q").Add("job", i);
            Assert.True(CancelAtTheGate(gate, i, job, JobState.Active));
            await Assert.ThrowsAsync<JobCanceledException>(() => job.WaitUntilFinishedAsync(TestToken).Within());
            Assert.Equal(JobState.Canceled, job.State);
            bool hasRun = job.GetInfo().StartedAt is not null;
            ran += hasRun ? 1 : 0;
            gate.Learn(i, isCancelFirst: !hasRun);
        }

        Assert.Equal(ran, ended); // Every handler that ran was let go by its token.
        Assert.InRange(ran, Rounds / SureRounds, Rounds - (Rounds / SureRounds));
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
        Gate gate = new();
        test.Work("q", (job, _) =>
        {
            gate.Pass(job.GetData<int>(), isCanceller: false);
            return new ValueTask<object?>("value");
        });
        List<(JobHandle Job, JobState State)> jobs = [];
        for (int i = 0; i < Rounds; i++)
        {
            JobHandle job = test.Queue("q").Add("job", i);
            Task wait = job.WaitUntilFinishedAsync(TestToken).AsTask();
            bool canceled = CancelAtTheGate(gate, i, job, JobState.Completed);
            await wait.Within().ContinueWith(static _ => { }, TestToken, TaskContinuationOptions.None, TaskScheduler.Default);
            Assert.Equal(canceled, wait.IsFaulted && wait.Exception!.InnerException is JobCanceledException);
            Assert.Equal(canceled ? JobState.Canceled : JobState.Completed, job.State);
            jobs.Add((job, job.State));
            gate.Learn(i, canceled);
        }

        foreach (Worker worker in test.Store.Engine.Workers)
        {
            await worker.CloseAsync(TestToken).Within();
        }

        Assert.All(jobs, job => Assert.Equal([job.State], heard[job.Job.Id]));
        Assert.InRange(jobs.Count(static job => job.State == JobState.Canceled), Rounds / SureRounds, Rounds - (Rounds / SureRounds));
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

    /// <summary>Cancels while a handler goes through the gate: in some rounds before it may, in some once the job has come to what follows, else about that moment.</summary>
    private static bool CancelAtTheGate(Gate gate, int round, JobHandle job, JobState following)
    {
        if (round % 2 == 0)
        {
            gate.AwaitOther(); // On a busy machine the one who comes last goes first: the other has lost its processor.
        }

        if (round % SureRounds == 0)
        {
            bool canceled = job.Cancel();
            gate.Pass(round, isCanceller: true);
            return canceled;
        }

        gate.Pass(round, isCanceller: true);
        Assert.True(
            round % SureRounds != 1 || SpinWait.SpinUntil(() => job.State == following, s_limit), $"the job did not become {following}");
        return job.Cancel();
    }

    /// <summary>
    /// Two threads go through it at the same moment, over and over. Then the one whose step came first the last time
    /// spins, longer from round to round until the other's comes first: with both on a processor, their steps draw near.
    /// </summary>
    private sealed class Gate
    {
        private const int SpinsBeforeYield = 5_000;
        private const int LongestLead = 2_000;
        private readonly int[] _leads = new int[2]; // Of the canceller, in spins, by who comes last to the gate.
        private readonly int[] _steps = new int[2];
        private int _arrived;

        /// <summary>Comes back once somebody waits at the gate.</summary>
        public void AwaitOther()
        {
            long since = Environment.TickCount64;
            for (int spins = 0; (Volatile.Read(ref _arrived) & 1) == 0; spins++)
            {
                SpinOnce(spins, since);
            }
        }

        public void Pass(int round, bool isCanceller)
        {
            int spinsAfter = Math.Max(0, isCanceller ? -_leads[round % 2] : _leads[round % 2]);
            int mine = Interlocked.Increment(ref _arrived);
            long since = Environment.TickCount64;
            for (int spins = 0; Volatile.Read(ref _arrived) < mine + (mine & 1); spins++)
            {
                SpinOnce(spins, since);
            }

            Thread.SpinWait(spinsAfter);
        }

        public void Learn(int round, bool isCancelFirst)
        {
            if (round % SureRounds > 1)
            {
                ref int lead = ref _leads[round % 2];
                ref int step = ref _steps[round % 2];
                int direction = isCancelFirst ? -1 : 1;
                step = Math.Sign(step) == direction ? 2 * step : direction;
                lead = Math.Clamp(lead + step, -LongestLead, LongestLead);
                step = Math.Abs(lead) == LongestLead ? direction : step;
            }
        }

        private static void SpinOnce(int spins, long since)
        {
            if (spins < SpinsBeforeYield)
            {
                Thread.SpinWait(1);
                return;
            }

            Thread.Yield(); // The other one has lost its processor: it may have this one.
            Assert.True(Environment.TickCount64 - since < s_limit.TotalMilliseconds, "nobody came to the gate");
        }
    }
}
