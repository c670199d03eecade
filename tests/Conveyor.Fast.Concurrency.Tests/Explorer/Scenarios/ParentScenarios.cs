using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Counters, policies, commits, retries by hand and what pins whom.</summary>
internal static class ParentScenarios
{
    private static readonly JobOptions s_gone = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };
    private static readonly JobOptions s_keyed = new() { Deduplication = Deduplication.ByKey("k") };
    private static readonly JobOptions s_ignored = new() { FailParentOnChildFailure = ChildFailurePolicy.Ignore };

    public static readonly Scenario[] All =
    [
        Scenario.Short("a child fails while the last other one completes", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2);
            play.Thread("fails", hands[0].Fail);
            play.Thread("completes", hands[1].Complete);
            play.Afterwards(() => Assert.True(jobs[0].State == JobState.Failed, $"the failed child's parent is {jobs[0].State}"));
        }),

        new("a failed parent's slot while an edge is open", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] _, Hand[] hands) = Running(stage, 2, parent: s_gone, child: s_gone, sharesStripes: true);
            play.Thread("fails", () =>
            {
                hands[0].Fail();
                stage.AddFamily(1);
            });
            play.Thread("completes", hands[1].Complete);
        }),

        Scenario.Short("retry by hand while a late child ends", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 3);
            hands[0].Fail();
            play.Thread("operator", () => jobs[0].Retry());
            play.Thread("late child", hands[1].Complete);
            play.Afterwards(() => Assert.True(jobs[0].State == JobState.WaitingChildren, $"a child runs and its parent is {jobs[0].State}"));
        }),

        new("retry by hand while the last late child ends", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2);
            hands[0].Fail();
            play.Thread("operator", () => jobs[0].Retry());
            play.Thread("late child", hands[1].Complete);
        }),

        Scenario.Short("retry by hand opens edges while a late child ends", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2);
            hands[0].Fail();
            jobs[1].Retry();
            Assert.True(hands[0].TryTake());
            play.Thread("operator", () => jobs[0].Retry());
            play.Thread("late child", hands[1].Complete);
            play.Afterwards(() => Assert.True(jobs[0].State == JobState.WaitingChildren, $"a child runs and its parent is {jobs[0].State}"));
        }),

        Scenario.Short("retry by hand opens edges while a retried child ends", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2);
            hands[0].Fail();
            hands[1].Fail();
            jobs[1].Retry();
            jobs[2].Retry();
            Assert.True(hands[0].TryTake() && hands[1].TryTake());
            play.Thread("operator", () => jobs[0].Retry());
            play.Thread("retried child", hands[0].Complete);
            play.Afterwards(() => Assert.True(jobs[0].State == JobState.WaitingChildren, $"a child runs and its parent is {jobs[0].State}"));
        }),

        Scenario.Short("a retried child ends again beside its sibling", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 3, child: s_ignored, parent: s_ignored);
            hands[0].Fail();
            jobs[1].Retry();
            Assert.True(hands[0].TryTake());
            play.Thread("retried child", hands[0].Complete);
            play.Thread("sibling", hands[1].Complete);
            play.Afterwards(() => Assert.True(jobs[0].State == JobState.WaitingChildren, $"a child runs and its parent is {jobs[0].State}"));
        }),

        Scenario.Short("children kept for their parent", static play =>
        {
            Stage stage = new(play);
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2, child: s_gone);
            play.Thread("a", hands[0].Complete);
            play.Thread("b", hands[1].Complete);
            play.Afterwards(() =>
            {
                Assert.True(jobs[0].State == JobState.Waiting, $"the parent is {jobs[0].State}");
                Assert.True(stage.Hand().TryTake(), "the parent can not be taken");
                foreach (JobHandle child in jobs[1..])
                {
                    Assert.True(JobReader.TryReadValue(stage.Table, child.Id, jobs[0].Id.ToInt64(), out long _), "a child's value is gone before its parent has read it");
                }
            });
        }),

        Scenario.Short("children filed once", static play =>
        {
            Stage stage = new(play, new RetentionOptions { Completed = Retention.KeepLast(2) });
            (JobHandle[] jobs, Hand[] hands) = Running(stage, 2);
            hands[0].Complete();
            hands[1].Complete();
            Hand parent = stage.Hand();
            Assert.True(parent.TryTake());
            JobHandle other = stage.Add();
            Hand last = stage.Hand();
            Assert.True(last.TryTake());
            play.Thread("parent", parent.Complete);
            play.Thread("other", last.Complete);
            play.Afterwards(() =>
            {
                int kept = new[] { jobs[0], jobs[1], jobs[2], other }.Count(static job => job.State == JobState.Completed);
                Assert.True(kept == 2, $"{kept} jobs are kept of the last 2");
            });
        }),

        new("a flow is taken while it is committed", static play =>
        {
            Stage stage = new(play);
            Hand hand = stage.Hand();
            play.Thread("producer", () => stage.AddFamily(2));
            play.Thread("taker", () =>
            {
                hand.TakeAndComplete();
                hand.TakeAndComplete();
                hand.TakeAndComplete();
            });
        }),

        new("a flow is seen whole or not at all", static play =>
        {
            Stage stage = new(play);
            JobHandle[] probe = stage.AddFamily(1);
            int last = StateWord.SlotOf(probe[1].Id.ToInt64());
            bool whole = true;
            play.Thread("producer", () => stage.AddFamily(1));
            play.Thread("reader", () =>
            {
                long parent = stage.Table.Record(last + 1).Id;
                whole = !stage.Store.TryGetJob(new JobId(parent), out _) || stage.Store.TryGetJob(new JobId(stage.Table.Record(last + 2).Id), out _);
            });
            play.Afterwards(() => Assert.True(whole, "a parent is seen and its child is not"));
        }),

        new("a running family is not removed, and nothing of it is lost", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(2);
            Hand running = stage.Hand();
            Hand taker = stage.Hand();
            Assert.True(running.TryStart(jobs[2].Id.ToInt64())); // The last of them, so that the first is held before it is met.
            play.Thread("remover", () => Assert.Throws<InvalidJobStateException>(() => jobs[0].Remove()));
            play.Thread("taker", taker.TakeAndComplete);
        }),

        new("a leaf attaches to a live job while that ends", static play => Attach(play, static hand => hand.Complete())),
        new("a leaf attaches to a live job while that fails", static play => Attach(play, static hand => hand.Fail())),

        Scenario.Short("a job that a further parent waits for is canceled while it ends", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_keyed);
            JobHandle parent = stage.AddFamily(1, child: s_keyed)[0];
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            play.Thread("canceller", () => job.Cancel());
            play.Thread("owner", hand.Complete);
            play.Afterwards(() =>
            {
                JobState expected = job.State == JobState.Completed ? JobState.Waiting : JobState.Failed;
                Assert.True(parent.State == expected, $"the job is {job.State} and the parent that attached to it is {parent.State}");
            });
        }),

        new("a leaf attaches while the slot of its job is used again", static play =>
        {
            Stage stage = new(play);
            JobOptions gone = new() { Deduplication = s_keyed.Deduplication, RemoveOnComplete = Retention.RemoveAtOnce };
            stage.Add(gone);
            Hand hand = stage.Hand(sharesStripes: true);
            Assert.True(hand.TryTake());
            play.Thread("attaches", () => stage.AddFamily(1, child: gone));
            play.Thread("owner", () =>
            {
                hand.Complete();
                stage.Add();
            });
        }),

        Scenario.Short("a wait begins while its job ends", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            Told told = new();
            bool sawEnd = false;
            play.Thread("waits", () =>
            {
                long id = job.Id.ToInt64();
                stage.Table.Waiters.AddWithJob(id, told);
                sawEnd = !JobWaiters.TryFlag(ref stage.Table.Record(StateWord.SlotOf(id)), id) && stage.Table.Waiters.TryTake(told);
            });
            play.Thread("ends", hand.Complete);
            play.Afterwards(() => Assert.True(told.Times + (sawEnd ? 1 : 0) == 1, $"told {told.Times} times, {(sawEnd ? "and" : "not")} seen"));
        }),
    ];

    private static void Attach(Play play, Action<Hand> end)
    {
        Stage stage = new(play);
        stage.Add(s_keyed);
        Hand hand = stage.Hand();
        Assert.True(hand.TryTake());
        play.Thread("attaches", () => stage.AddFamily(1, child: s_keyed));
        play.Thread("owner", () => end(hand));
    }

    /// <summary>A family all of whose children run; the parent first.</summary>
    private static (JobHandle[] Jobs, Hand[] Hands) Running(Stage stage, int children, JobOptions? parent = null, JobOptions? child = null, bool sharesStripes = false)
    {
        JobHandle[] jobs = stage.AddFamily(children, parent, child);
        Hand[] hands = [.. Enumerable.Range(0, children).Select(_ => stage.Hand(sharesStripes))];
        Assert.All(hands, static hand => Assert.True(hand.TryTake()));
        return (jobs, hands);
    }

    private sealed class Told : JobWaiter
    {
        public int Times { get; private set; }

        public override void Complete(in JobOutcome outcome) => Times++;

        public override void Abandon(Exception reason) => Times++;
    }
}
