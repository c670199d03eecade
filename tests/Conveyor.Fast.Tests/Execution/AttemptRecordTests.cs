using System.Runtime.CompilerServices;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>What is remembered of a job's runs.</summary>
public class AttemptRecordTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Behaviour", "RET-12")]
    public async Task AttemptsMade_OfAJobThatEndsInEveryWay_CountsOnlyRunsThatReturnedThrewOrTimedOut()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 4, Timeout = s_second });
        List<int> within = [];
        HeldRun Next()
        {
            test.Pump();
            HeldRun run = held.Next();
            within.Add(run.Job.AttemptsMade);
            return run;
        }

        Next().Throw(new InvalidOperationException("bad"));
        HeldRun late = Next();
        test.PumpAfter(s_second);
        late.Return();
        HeldRun moved = Next();
        moved.Job.MoveToDelayed(s_second);
        moved.Return();
        test.Pump();
        Assert.Equal(2, job.GetInfo().AttemptsMade);
        test.Time.Advance(s_second);
        HeldRun handedBack = Next();
        handedBack.Job.MoveToWaiting();
        handedBack.Return();
        Next();
        await test.StallAsync(worker);
        Assert.Equal(2, job.GetInfo().AttemptsMade);
        test.Work("q", held);
        Next().Return();
        test.Pump();

        Assert.Equal([0, 1, 2, 2, 2, 2], within);
        Assert.Equal((JobState.Completed, 3), (job.State, job.GetInfo().AttemptsMade));
    }

    [Fact]
    [Trait("Behaviour", "RET-13")]
    [Trait("Behaviour", "RET-14")]
    public void StackTraces_PileUpOneForEachFailedRunOldestFirst()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.AttemptsMade switch
        {
            0 => ThrowFirst(),
            1 => ThrowSecond(),
            _ => null,
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 3 });
        Assert.Empty(job.GetInfo().StackTraces);
        Assert.Empty(job.GetInfo().History);
        test.Store.Pump(1);
        Assert.Contains(nameof(ThrowFirst), Assert.Single(job.GetInfo().StackTraces));
        test.Pump();

        Assert.Equal(JobState.Completed, job.State);
        Assert.Collection(
            job.GetInfo().StackTraces,
            static trace => Assert.Contains(nameof(ThrowFirst), trace),
            static trace => Assert.Contains(nameof(ThrowSecond), trace));
    }

    [Fact]
    public void StackTrace_OfADeepThrow_IsItsFirstLines()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => ThrowAt(200));
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();

        JobAttempt attempt = Assert.Single(job.GetInfo().History);
        string[] all = attempt.Error!.StackTrace!.Split(Environment.NewLine);
        Assert.InRange(all.Length, 200, 300);
        Assert.Equal(all[..50], attempt.StackTrace!.Split(Environment.NewLine));
        Assert.Equal([attempt.StackTrace], job.GetInfo().StackTraces);
    }

    [Fact]
    [Trait("Behaviour", "RET-18")]
    public void Discard_ThenThrow_FailsAtOnceWhateverAttemptsAreLeft()
    {
        using PumpedStore test = new();
        test.Work("q", static job =>
        {
            job.Discard();
            return job.Name == "bad" ? throw new InvalidOperationException("bad") : "value";
        });
        JobOptions options = new() { Attempts = 9, Backoff = Backoff.Fixed(s_second) };
        JobHandle bad = test.Queue("q").Add("bad", options);
        JobHandle good = test.Queue("q").Add("good", options);
        Assert.False(bad.GetInfo().IsDiscarded);
        test.Pump();

        Assert.Equal((JobState.Failed, 1, true), (bad.State, bad.GetInfo().AttemptsMade, bad.GetInfo().IsDiscarded));
        Assert.Equal((JobState.Completed, "value"), (good.State, good.GetInfo().Value));
        bad.Retry();
        Assert.False(bad.GetInfo().IsDiscarded);
    }

    [Fact]
    [Trait("Behaviour", "RET-30")]
    public async Task History_OfRunsThatEndInEveryWay_TellsOfEach()
    {
        using PumpedStore test = new();
        HeldHandler held = new();
        Worker worker = test.Work("q", held);
        DateTimeOffset start = test.Time.GetUtcNow();
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 9, Timeout = 2 * s_second });
        InvalidOperationException bad = new("bad");
        test.Pump();
        Assert.Equal([(1, JobAttemptOutcome.Running, start, null)], job.GetInfo().History.Select(Summary));
        test.Time.Advance(s_second);
        held.Next().Throw(bad);
        test.Pump();
        HeldRun late = held.Next();
        test.PumpAfter(2 * s_second);
        late.Return();
        test.Pump();
        HeldRun moved = held.Next();
        moved.Job.MoveToWaiting();
        moved.Return();
        test.Pump();
        HeldRun stalled = held.Next();
        await test.StallAsync(worker);
        Assert.Equal(4, job.GetInfo().History.Count);
        test.Work("q", held);
        test.Pump();
        held.Next().Return("value");
        test.PumpAfter(s_second);

        IReadOnlyList<JobAttempt> history = job.GetInfo().History;
        Assert.Equal(
            [
                (1, JobAttemptOutcome.Failed, start, start + s_second),
                (2, JobAttemptOutcome.TimedOut, start + s_second, start + 3 * s_second),
                (3, JobAttemptOutcome.Moved, start + 3 * s_second, start + 3 * s_second),
                (4, JobAttemptOutcome.Stalled, start + 3 * s_second, start + 4 * s_second),
                (5, JobAttemptOutcome.Completed, start + 4 * s_second, start + 5 * s_second),
            ],
            history.Select(Summary));
        Assert.Equal(("bad", bad, bad.StackTrace), (history[0].Reason, history[0].Error, history[0].StackTrace));
        Assert.Equal([typeof(JobTimeoutException), null, typeof(JobStalledException), null], history.Skip(1).Select(static attempt => attempt.Error?.GetType()));
        Assert.Contains("00:00:02", history[1].Reason);
        Assert.Equal([null, null], ((JobAttempt[])[history[2], history[4]]).Select(static attempt => attempt.Reason));
    }

    [Fact]
    public void History_OfAJobRetriedByHand_BeginsAnew()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Handle.Cancel("enough") ? throw new InvalidOperationException("bad") : null);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, CustomId = "mine" });
        test.Pump();
        Assert.Equal([(1, JobAttemptOutcome.Canceled, "enough")], job.GetInfo().History.Select(static attempt => (attempt.Number, attempt.Outcome, attempt.Reason)));

        job.Retry();
        Assert.Empty(job.GetInfo().History);
        Assert.Equal("mine", job.GetInfo().CustomId);
        test.Pump();
        Assert.Equal(1, Assert.Single(job.GetInfo().History).Number);
    }

    [Fact]
    [Trait("Behaviour", "RET-31")]
    public void Log_OfEachRun_HoldsOnlyItsOwnLines()
    {
        using PumpedStore test = new();
        test.Work("q", static job =>
        {
            for (int line = 0; job.AttemptsMade != 1 && line < job.GetData<int>(); line++)
            {
                job.Log($"{job.AttemptsMade}: {line}");
            }

            return job.AttemptsMade < 2 ? throw new InvalidOperationException("again") : null;
        });
        JobOptions thrice = new() { Attempts = 3 };
        JobHandle job = test.Queue("q").Add("job", 2, thrice);
        JobHandle talkative = test.Queue("q").Add("talkative", 1005, thrice);
        test.Pump();

        Assert.Equal([["0: 0", "0: 1"], [], ["2: 0", "2: 1"]], job.GetInfo().History.Select(static attempt => attempt.Log));
        Assert.Equal(Enumerable.Range(5, 1000).Select(static line => $"2: {line}"), talkative.GetInfo().History[^1].Log);
    }

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 4, 5 })]
    [InlineData(3, new[] { 2, 3, 4, 5 })]
    [InlineData(null, new[] { 1, 2, 3, 4, 5 })]
    [Trait("Behaviour", "RET-33")]
    public void History_WithALimit_KeepsTheNewestRunsOrNone(int? limit, int[] kept)
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.AttemptsMade < 5 ? throw new InvalidOperationException($"run {job.AttemptsMade + 1}") : null);
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 5, AttemptHistory = limit });
        test.Pump();

        JobInfo info = job.GetInfo();
        Assert.Equal((JobState.Failed, "run 5", 5), (info.State, info.Reason, info.AttemptsMade));
        Assert.Equal(kept, info.History.Select(static attempt => attempt.Number));
        Assert.Equal(kept.Select(static number => $"run {number}"), info.History.Select(static attempt => attempt.Reason));
        Assert.Equal(kept.Length, info.StackTraces.Count);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new JobOptions { AttemptHistory = -1 });
    }

    private static (int Number, JobAttemptOutcome Outcome, DateTimeOffset StartedAt, DateTimeOffset? EndedAt) Summary(JobAttempt attempt) =>
        (attempt.Number, attempt.Outcome, attempt.StartedAt, attempt.EndedAt);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ThrowAt(int depth) => depth == 0 ? throw new InvalidOperationException("deep") : 1 + ThrowAt(depth - 1);

    private static object ThrowFirst() => throw new InvalidOperationException("first");

    private static object ThrowSecond() => throw new InvalidOperationException("second");
}
