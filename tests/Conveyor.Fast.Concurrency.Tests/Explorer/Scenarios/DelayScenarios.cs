using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Jobs that go under the clock, fall due, and are taken back.</summary>
internal static class DelayScenarios
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly JobOptions s_gone = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };

    public static readonly Scenario[] All =
    [
        new("a delayed job falls due while it is canceled and retried", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(new JobOptions { Attempts = 9 });
            Hand hand = stage.Hand();
            Hand other = stage.Hand();
            Assert.True(hand.TryTake());
            hand.Retry(s_second);
            stage.Time.Advance(s_second);
            play.Thread("clock", stage.Dispatcher.Alarm.Ring);
            play.Thread("operator", () =>
            {
                if (job.Cancel() && job.State == JobState.Canceled)
                {
                    job.Retry();
                    if (other.TryTake())
                    {
                        other.Retry(5 * s_second);
                    }
                }
            });
            play.Afterwards(() => Assert.False(job.State == JobState.Waiting && stage.Starts.Count == 2, "the job fell due by the ticket of an earlier delay"));
        }),

        new("a job is canceled while it is put under the clock", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(new JobOptions { Attempts = 9 });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", () => hand.Retry(TimeSpan.FromDays(1)));
            play.Thread("operator", () => job.Cancel());
        }),

        new("a job is put under the clock as its time comes", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            JobHandle job = stage.Add(new JobOptions { Attempts = 9 });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", () => hand.Retry(s_second));
            play.Thread("clock", () => stage.Time.Advance(s_second));
            play.Afterwards(() => Assert.True(job.State == JobState.Waiting || stage.Time.NextRing <= 2 * s_second.Ticks, "the job is delayed, and nobody rings in time"));
        }),

        new("a job is promoted by hand while it is put under the clock", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(new JobOptions { Attempts = 9 });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", () => hand.Retry(TimeSpan.FromDays(1)));
            play.Thread("operator", () =>
            {
                if (!Try(job.Promote))
                {
                    job.Cancel();
                }
            });
        }),

        Scenario.Short("a delayed job is delayed anew while it falls due", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Watch(stage.Queue.AddDelayed("job", 0, s_second));
            stage.Time.Advance(s_second);
            bool isChanged = false;
            play.Thread("clock", stage.Dispatcher.Alarm.Ring);
            play.Thread("operator", () => isChanged = Try(() => job.ChangeDelay(s_second)));
            play.Afterwards(() => Assert.Equal(isChanged ? JobState.Delayed : JobState.Waiting, job.State));
        }),

        Scenario.Short("a delayed job is delayed anew while it is canceled", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Watch(stage.Queue.AddDelayed("job", 0, TimeSpan.FromDays(1)));
            play.Thread("operator", () => Try(() => job.ChangeDelay(TimeSpan.FromDays(2))));
            play.Thread("canceller", () => job.Cancel());
            play.Afterwards(() => Assert.True(stage.Table.Delays.Count == 0, "a canceled job still lies under the clock"));
        }),

        Scenario.Short("a delayed job is promoted and delayed anew by hand", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Watch(stage.Queue.AddDelayed("job", 0, s_second));
            Hand hand = stage.Hand();
            play.Thread("one", () => Try(job.Promote));
            play.Thread("other", () => Try(() => job.ChangeDelay(2 * s_second)));
            play.Thread("taker", hand.TakeAndComplete);
        }),

        new("a job is promoted by hand, then its slot is delayed again", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Watch(stage.Queue.AddDelayed("job", 0, s_second, s_gone));
            Hand hand = stage.Hand(sharesStripes: true);
            play.Thread("operator", job.Promote);
            play.Thread("taker", () =>
            {
                hand.TakeAndComplete();
                stage.Watch(stage.Queue.AddDelayed("next", 0, s_second));
            });
        }),

        new("the clock comes to a job's new time as soon as it is seen", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            JobHandle job = stage.Watch(stage.Queue.AddDelayed("job", 0, TimeSpan.FromDays(1)));
            AdvanceOnceSeen(play, stage, job);
            play.Thread("operator", () => job.ChangeDelay(s_second));
            play.Afterwards(() => Assert.True(job.State == JobState.Waiting, $"its time has come and it is {job.State}"));
        }),

        new("the clock comes to a promoted parent's own time as soon as it is seen", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            JobHandle parent = stage.AddFamily(1, new JobOptions { Delay = s_second })[0];
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            AdvanceOnceSeen(play, stage, parent);
            play.Thread("owner", hand.Complete);
            play.Afterwards(() => Assert.True(parent.State == JobState.Waiting, $"its time has come and it is {parent.State}"));
        }),

        new("a delayed parent is promoted while it is canceled", static play =>
        {
            Stage stage = new(play);
            JobHandle[] family = stage.AddFamily(1, new JobOptions { Delay = s_second });
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", hand.Complete);
            play.Thread("operator", () => family[0].Cancel());
        }),
    ];

    /// <summary>Whoever sees the job's next step may move the clock on to the due time at once.</summary>
    private static void AdvanceOnceSeen(Play play, Stage stage, JobHandle job)
    {
        int slot = StateWord.SlotOf(job.Id.ToInt64());
        long before = stage.WordOf(job);
        play.Thread("clock", () =>
        {
            SpinWait spin = default;
            while (Atomic.Read(ref stage.Table.Record(slot).Word) == before)
            {
                spin.SpinOnce();
            }

            stage.Time.Advance(s_second);
        });
    }

    private static bool Try(Action byHand)
    {
        try
        {
            byHand();
            return true;
        }
        catch (InvalidJobStateException)
        {
            return false;
        }
    }
}
