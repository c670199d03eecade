using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Jobs taken from runs whose handlers have not returned.</summary>
internal static class TakingScenarios
{
    private static readonly JobOptions s_limited = new() { Timeout = TimeSpan.FromSeconds(1) };
    private static readonly JobOptions s_limitedAndRetried = new() { Timeout = TimeSpan.FromSeconds(1), Attempts = 3 };

    public static readonly Scenario[] All =
    [
        new("a run is over its time as its handler returns", static play =>
        {
            Taken taken = new(play, s_limited);
            TakenFate fate = default;
            play.Thread("watch", () => fate = taken.Hand.TimeOut(taken.Number));
            play.Thread("owner", taken.Hand.Complete);
            play.Afterwards(() =>
            {
                taken.Is(fate == TakenFate.Ended ? JobState.Failed : JobState.Completed, fate);
                Assert.True(taken.Job.GetInfo().Error is JobTimeoutException == (fate == TakenFate.Ended), "the owner has written over the end of another");
            });
        }),

        new("a run with an attempt left is over its time as its handler returns", static play =>
        {
            Taken taken = new(play, s_limitedAndRetried);
            TakenFate fate = default;
            play.Thread("watch", () => fate = taken.Hand.TimeOut(taken.Number));
            play.Thread("owner", taken.Hand.Complete);
            play.Afterwards(() => taken.Is(fate == TakenFate.Overdue ? JobState.Waiting : JobState.Completed, fate));
        }),

        Scenario.Short("an overdue job is failed for good as its handler returns", static play =>
        {
            Taken taken = new(play, s_limitedAndRetried);
            Assert.Equal(TakenFate.Overdue, taken.Hand.TimeOut(taken.Number));
            TakenFate fate = default;
            play.Thread("watch", () => fate = taken.Hand.TimeOut(taken.Number, forGood: true));
            play.Thread("owner", taken.Hand.Complete);
            play.Afterwards(() => taken.Is(fate == TakenFate.Ended ? JobState.Failed : JobState.Waiting, fate));
        }),

        new("a run is over its time as its hand has gone on to the next job", static play =>
        {
            Taken taken = new(play, s_limited);
            JobHandle next = taken.Stage.Add();
            TakenFate fate = default;
            play.Thread("watch", () => fate = taken.Hand.TimeOut(taken.Number));
            play.Thread("owner", () =>
            {
                taken.Hand.Complete();
                taken.Hand.TakeAndComplete();
            });
            play.Afterwards(() =>
            {
                taken.Is(fate == TakenFate.Ended ? JobState.Failed : JobState.Completed, fate);
                Assert.Equal(JobState.Completed, next.State);
            });
        }),

        new("a worker gives a run up as its handler returns", static play =>
        {
            Taken taken = new(play, JobOptions.None);
            TakenFate fate = default;
            play.Thread("closer", () => fate = taken.Hand.Stall(taken.Number));
            play.Thread("owner", taken.Hand.Complete);
            play.Afterwards(() => taken.Is(fate == TakenFate.SentBack ? JobState.Waiting : JobState.Completed, fate));
        }),

        Scenario.Short("a run that was given up returns while its job runs again", static play =>
        {
            Taken taken = new(play, JobOptions.None);
            Assert.Equal(TakenFate.SentBack, taken.Hand.Stall(taken.Number));
            Hand next = taken.Stage.Hand();
            play.Thread("late", taken.Hand.Complete);
            play.Thread("next", next.TakeAndComplete);
            play.Afterwards(() => taken.Is(JobState.Completed, TakenFate.SentBack));
        }),

        Scenario.Short("two take one run", static play =>
        {
            Taken taken = new(play, s_limited);
            TakenFate timedOut = default;
            TakenFate stalled = default;
            play.Thread("watch", () => timedOut = taken.Hand.TimeOut(taken.Number));
            play.Thread("closer", () => stalled = taken.Hand.Stall(taken.Number));
            play.Afterwards(() =>
            {
                Assert.True(timedOut == TakenFate.None ^ stalled == TakenFate.None, $"{timedOut} and {stalled}");
                Assert.Equal(timedOut == TakenFate.Ended ? JobState.Failed : JobState.Waiting, taken.Job.State);
            });
        }),

        new("a job is canceled while its run is over its time", static play =>
        {
            Taken taken = new(play, s_limited);
            bool canceled = false;
            play.Thread("canceller", () => canceled = taken.Job.Cancel());
            play.Thread("watch", () => taken.Hand.TimeOut(taken.Number));
            play.Afterwards(() => Assert.Equal(canceled ? JobState.Canceled : JobState.Failed, taken.Job.State));
        }),

        new("a job is canceled while its worker gives it up", static play =>
        {
            Taken taken = new(play, JobOptions.None);
            bool canceled = false;
            play.Thread("canceller", () => canceled = taken.Job.Cancel());
            play.Thread("closer", () => taken.Hand.Stall(taken.Number));
            play.Afterwards(() => Assert.True(canceled && taken.Job.State == JobState.Canceled, $"the cancel answered {canceled} and the job is {taken.Job.State}"));
        }),

        Scenario.Short("a thread that a handler left behind logs while the slot is used again", static play =>
        {
            Taken taken = new(play, JobOptions.None);
            JobHandle next = default;
            play.Thread("stray", () => taken.Hand.Run.HistoryOf(taken.Number)?.Log("late"));
            play.Thread("owner", () =>
            {
                taken.Hand.Complete();
                taken.Job.Remove();
                next = taken.Stage.Add();
            });
            play.Afterwards(() => Assert.Null(taken.Stage.Table.References(StateWord.SlotOf(next.Id.ToInt64())).Extra));
        }),

        new("a taken job is removed while its handler returns, then its slot again", static play =>
        {
            Taken taken = new(play, s_limited);
            Assert.Equal(TakenFate.Ended, taken.Hand.TimeOut(taken.Number));
            long id = taken.Job.Id.ToInt64();
            bool isStillHere = true;
            play.Thread("remover", () =>
            {
                taken.Job.Remove();
                taken.Stage.Add();
            });
            play.Thread("late", () =>
            {
                isStillHere = taken.Stage.Table.Record(StateWord.SlotOf(id)).Id == id && StateWord.State(Threading.Atomic.Read(ref taken.Stage.Table.Record(StateWord.SlotOf(id)).Word)) != StateWord.Free;
                taken.Hand.Complete();
            });
            play.Afterwards(() => Assert.True(isStillHere, "the slot was given back under a handler that had not returned"));
        }),
    ];

    /// <summary>A job that a hand runs and somebody takes from it.</summary>
    private sealed class Taken
    {
        public Taken(Play play, JobOptions options)
        {
            Stage = new Stage(play);
            Job = Stage.Add(options);
            Hand = Stage.Hand(sharesStripes: true);
            Assert.True(Hand.TryTake());
            Number = Hand.Number;
        }

        public Stage Stage { get; }

        public JobHandle Job { get; }

        public Hand Hand { get; }

        public long Number { get; }

        public void Is(JobState expected, TakenFate fate)
        {
            Assert.True(Job.State == expected, $"the run was taken: {fate}, and the job is {Job.State}");
            Assert.False(StateWord.Has(Stage.WordOf(Job), StateWord.HasStrayRun), "the handler has returned and still pins the slot");
        }
    }
}
