namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Ended jobs that are kept for a time, and what is done to them as it is over.</summary>
internal static class ExpiryScenarios
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly JobOptions s_aSecond = new() { RemoveOnComplete = Retention.KeepFor(s_second), RemoveOnFail = Retention.KeepFor(s_second) };

    public static readonly Scenario[] All =
    [
        new("a job ends that is kept for a time, as time goes on", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            JobHandle job = stage.Add(s_aSecond);
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("owner", hand.Complete);
            play.Thread("clock", () => stage.Time.Advance(s_second));
            play.Afterwards(() => Assert.True(job.State == JobState.None || stage.Time.NextRing <= 2 * s_second.Ticks, "the job is kept, and nobody rings in time"));
        }),

        new("a kept job's time is over while it is retried by hand", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_aSecond);
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            hand.Fail();
            stage.Time.Advance(s_second);
            bool isRetried = false;
            play.Thread("clock", stage.Dispatcher.Alarm.Ring);
            play.Thread("operator", () =>
            {
                isRetried = Try(() => job.Retry());
                hand.TakeAndComplete();
            });
            play.Afterwards(() => Assert.Equal(isRetried ? JobState.Completed : JobState.None, job.State));
        }),

        new("a kept job is removed by hand as its time is over, and its slot's next ends", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_aSecond);
            JobHandle next = default;
            Hand hand = stage.Hand(sharesStripes: true);
            hand.TakeAndComplete();
            stage.Time.Advance(s_second);
            play.Thread("clock", stage.Dispatcher.Alarm.Ring);
            play.Thread("operator", () =>
            {
                job.Remove();
                next = stage.Add(s_aSecond);
                hand.TakeAndComplete();
            });
            play.Afterwards(() => Assert.Equal((JobState.None, JobState.Completed), (job.State, next.State)));
        }),

        new("a parent that read a kept job lets it go as it is removed by hand", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            JobHandle[] family = stage.AddFamily(1, child: s_aSecond);
            Hand hand = stage.Hand();
            hand.TakeAndComplete();
            Assert.True(hand.TryTake());
            play.Thread("owner", hand.Complete);
            play.Thread("operator", () => family[1].Remove());
            play.Thread("clock", () => stage.Time.Advance(s_second));
            play.Afterwards(() => Assert.Equal((JobState.Completed, JobState.None), (family[0].State, family[1].State)));
        }),
    ];

    private static bool Try(Action byHand)
    {
        try
        {
            byHand();
            return true;
        }
        catch (JobNotFoundException)
        {
            return false;
        }
    }
}
