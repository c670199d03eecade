using Conveyor.Fast.Commit;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>An edge's last moments: who counts the parent to zero, who files the child, who takes away the last pin.</summary>
internal static class EdgeScenarios
{
    public static readonly Scenario[] All =
    [
        Scenario.Short("count down | count down", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(2);
            Hand[] hands = [stage.Hand(), stage.Hand()];
            foreach (Hand hand in hands)
            {
                Assert.True(hand.TryTake());
                play.Thread("child" + play.Threads.Count, hand.Complete);
            }

            play.Afterwards(() => AssertReady(stage, jobs[0]));
        }),

        Scenario.Short("count down | the commit drops its guard", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(1);
            FlowCommit commit = new(stage.Dispatcher);
            Stripe stripe = stage.RentStripe();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            stage.Table.Record(Stage.SlotOf(jobs[0])).Pending++; // The flow is being committed.
            play.Thread("child", hand.Complete);
            play.Thread("commit", () => commit.DropGuard(stripe, jobs[0].Id.ToInt64()));
            play.Afterwards(() => AssertReady(stage, jobs[0]));
        }),

        FiledOnce("record | let go", isAwaited: false),
        FiledOnce("record what is awaited | let go", isAwaited: true),

        Scenario.Short("one pin | the other pin", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(1, child: new JobOptions { Timeout = TimeSpan.FromSeconds(1) });
            Stripe stripe = stage.RentStripe();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            hand.TimeOut(hand.Number);
            Assert.True(jobs[1].Remove()); // Its parent still reads it, and its handler has not returned.
            long before = stage.WordOf(jobs[1]);
            play.Thread("handler returns", hand.Complete);
            play.Thread("parent lets go", () => stage.Engine.Ending.ReleaseChildren(stripe, Stage.SlotOf(jobs[0])));
            play.Afterwards(() =>
            {
                long after = stage.WordOf(jobs[1]);
                Assert.True(StateWord.State(after) == StateWord.Free, "nothing pins the slot and it is not free");
                Assert.True(after == (before & StateWord.StepMask) + StateWord.OneStep, "the slot was changed once it was free");
            });
        }),
    ];

    /// <summary>A child completes while its parent, which has failed, lets its children go: whoever comes later files it.</summary>
    private static Scenario FiledOnce(string name, bool isAwaited) => Scenario.Short(name, play =>
    {
        Stage stage = new(play, new RetentionOptions { Completed = Retention.KeepLast(9) }); // Not the default: each end is filed at once.
        JobHandle[] jobs = stage.AddFamily(2);
        Stripe stripe = stage.RentStripe();
        Hand[] hands = [stage.Hand(), stage.Hand()];
        Assert.True(hands[0].TryTake() && hands[1].TryTake());
        hands[0].Fail();
        long id = jobs[2].Id.ToInt64();
        int slot = Stage.SlotOf(jobs[2]);
        if (isAwaited)
        {
            stage.Table.Waiters.AddWithJob(id, stage.Table.RentWaiter<long>());
            Assert.True(JobWaiters.TryFlag(ref stage.Table.Record(slot), id));
        }

        play.Thread("record", hands[1].Complete);
        play.Thread("let go", () => stage.Engine.Ending.ReleaseChildren(stripe, Stage.SlotOf(jobs[0])));
        play.Afterwards(() =>
        {
            List<long> filed = [];
            RetentionTrack track = stage.Ready.Ledger.Completed;
            for (int place = 0; place < 9; place++)
            {
                track.File(0, null, filed);
            }

            Assert.True(filed.SequenceEqual([StateWord.Ticket(stage.WordOf(jobs[2]), slot)]), $"the child was filed {filed.Count} times");
        });
    });

    private static void AssertReady(Stage stage, JobHandle parent)
    {
        Assert.True(parent.State == JobState.Waiting, $"the parent is {parent.State}");
        Assert.True(stage.Ready.Ready.Count == 1, $"the parent stands in its queue {stage.Ready.Ready.Count} times");
    }
}
