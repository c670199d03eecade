using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A whole queue is drained, cleaned, retried or obliterated while its jobs go on.</summary>
internal static class WholeQueueScenarios
{
    private static readonly JobOptions s_limited = new() { Timeout = TimeSpan.FromSeconds(1) };
    private static readonly JobOptions s_retriedAndGone = new() { Attempts = 2, Timeout = TimeSpan.FromSeconds(1), RemoveOnFail = Retention.RemoveAtOnce };

    public static readonly Scenario[] All =
    [
        new("a queue is drained while the last child of a parent completes", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(1);
            Hand hand = Running(stage);
            int drained = 0;
            play.Thread("drain", () => drained = stage.Queue.Drain());
            play.Thread("owner", hand.Complete);
            play.Afterwards(() => Is((JobState.None, JobState.Completed, 1), (jobs[0].State, jobs[1].State, drained)));
        }),

        Scenario.Short("a queue is drained while a job starts", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            int drained = 0;
            play.Thread("drain", () => drained = stage.Queue.Drain());
            play.Thread("taker", hand.TakeAndComplete);
            play.Afterwards(() => Is((drained == 1 ? JobState.None : JobState.Completed, drained == 1 ? 0 : 1), (job.State, stage.Starts.Count)));
        }),

        new("a queue is drained while a flow is committed", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = [];
            play.Thread("drain", () => stage.Queue.Drain());
            play.Thread("producer", () => jobs = stage.AddFamily(1));
            play.Afterwards(() => Assert.True(jobs[1].State != JobState.None || jobs[0].State == JobState.None, $"the child was drained, and its parent is {jobs[0].State}"));
        }),

        new("a queue is drained twice", static play =>
        {
            Stage stage = new(play);
            stage.AddFamily(1);
            int[] drained = [0, 0];
            play.Thread("one", () => drained[0] = stage.Queue.Drain());
            play.Thread("other", () => drained[1] = stage.Queue.Drain());
            play.Afterwards(() => Is(2, drained.Sum()));
        }),

        new("a queue is cleaned while its job is retried by hand", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Running(stage).Fail();
            int cleaned = 0;
            play.Thread("clean", () => cleaned = stage.Queue.Clean(JobState.Failed, TimeSpan.Zero).Count);
            play.Thread("hand", () => Try(() => job.Retry()));
            play.Afterwards(() => Is(cleaned == 1 ? JobState.None : JobState.Waiting, job.State));
        }),

        new("a queue is obliterated while a job starts", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = [stage.Add(), stage.Add()];
            Hand hand = stage.Hand();
            bool isRefused = false;
            play.Thread("obliterate", () => isRefused = !Try(() => stage.Queue.Obliterate()));
            play.Thread("taker", hand.TakeAndComplete);
            play.Afterwards(() => Is(isRefused ? 2 : 0, jobs.Count(static job => job.State != JobState.None)));
        }),

        Forced("a queue is obliterated by force while a handler returns", static (_, hand) => hand.Complete()),
        Forced("a queue is obliterated by force while a run fails", static (_, hand) => hand.Fail()),
        Forced("a queue is obliterated by force while its job goes back to wait", static (_, hand) => hand.Retry()),
        Forced("a queue is obliterated by force while a run is over its time", static (number, hand) => hand.TimeOut(number)),
        Forced("a queue is obliterated by force while a worker gives its run up", static (number, hand) => hand.Stall(number)),
        Forced("a queue is obliterated by force twice", static (_, hand) => hand.Stage.Queue.Obliterate(force: true)),

        new("a queue is obliterated by force while its job is canceled", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Running(stage);
            play.Thread("obliterate", () => stage.Queue.Obliterate(force: true));
            play.Thread("canceller", () => job.Cancel());
            play.Afterwards(() => Is(JobState.None, job.State));
        }),

        Scenario.Short("a handler returns from an obliterated queue while the slot is used again", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand(sharesStripes: true);
            Assert.True(hand.TryTake());
            stage.Queue.Obliterate(force: true);
            bool isStillHere = true;
            play.Thread("producer", () => stage.Add());
            play.Thread("late", () =>
            {
                ref JobRecord record = ref stage.Table.Record(StateWord.SlotOf(job.Id.ToInt64()));
                isStillHere = record.Id == job.Id.ToInt64() && StateWord.State(Threading.Atomic.Read(ref record.Word)) != StateWord.Free;
                hand.Complete();
            });
            play.Afterwards(() => Assert.True(isStillHere, "the slot was given back under a handler that had not returned"));
        }),

        new("a queue is obliterated by force while its job runs again, is taken and goes at its end", static play =>
        {
            Stage stage = new(play);
            stage.Add(s_retriedAndGone);
            Hand first = Running(stage);
            Hand next = stage.Hand();
            play.Thread("obliterate", () => stage.Queue.Obliterate(force: true));
            play.Thread("owners", () =>
            {
                first.Retry();
                if (next.TryTake())
                {
                    next.TimeOut(next.Number);
                    next.Complete();
                }
            });
        }),

        new("all failed jobs are retried while a child ends late", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(2);
            Hand first = Running(stage);
            Hand late = Running(stage);
            first.Fail();
            int retried = 0;
            play.Thread("retry", () => retried = stage.Queue.RetryJobs());
            play.Thread("owner", late.Complete);
            play.Afterwards(() => Is((2, JobState.WaitingChildren, JobState.Waiting, JobState.Completed), (retried, jobs[0].State, jobs[1].State, jobs[2].State)));
        }),

        new("all failed jobs are retried while a worker waits for them", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(1);
            Running(stage).Fail();
            Hand hand = stage.Hand();
            bool hasFailed = false;
            play.Thread("retry", () => stage.Queue.RetryJobs());
            play.Thread("taker", () =>
            {
                hasFailed = hand.TryTake();
                if (hasFailed)
                {
                    hand.Fail();
                }
            });
            play.Afterwards(() => Is(hasFailed ? JobState.Failed : JobState.WaitingChildren, jobs[0].State));
        }),
    ];

    /// <summary>The running child of a parent in another queue goes by force, once, whatever becomes of its run.</summary>
    private static Scenario Forced(string name, Action<long, Hand> meanwhile) => new(name, play =>
    {
        Stage stage = new(play);
        FlowResult flow = stage.Flows.Add(new FlowJob("parent", "elsewhere") { Children = [new FlowJob("child", Stage.QueueName) { Options = s_limited }] });
        Hand hand = Running(stage);
        long number = hand.Number;
        play.Thread("obliterate", () => stage.Queue.Obliterate(force: true));
        play.Thread("meanwhile", () => meanwhile(number, hand));
        play.Afterwards(() =>
        {
            Assert.True(flow.Children[0].Job.State == JobState.None, $"the job is {flow.Children[0].Job.State}");
            Assert.True(stage.PendingOf(flow.Job) == 0 && flow.Job.State != JobState.WaitingChildren, $"the parent is {flow.Job.State} with {stage.PendingOf(flow.Job)} open edges");
        });
    });

    private static Hand Running(Stage stage)
    {
        Hand hand = stage.Hand();
        Assert.True(hand.TryTake());
        return hand;
    }

    private static void Is<T>(T expected, T actual) => Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"expected {expected}, found {actual}");

    private static bool Try(Action byHand)
    {
        try
        {
            byHand();
            return true;
        }
        catch (ConveyorException)
        {
            return false; // Refused.
        }
    }
}
