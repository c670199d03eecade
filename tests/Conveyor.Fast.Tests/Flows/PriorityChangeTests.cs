using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

public class PriorityChangeTests
{
    private static readonly JobOptions s_twice = new() { Priority = 50, Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) };

    [Fact]
    [Trait("Behaviour", "PRI-08")]
    public void ChangePriority_OfAWaitingJob_ChangesTheNextFetch()
    {
        using PumpedStore test = new();
        test.Work("q");
        Add(test, "first", 0);
        JobHandle raised = Add(test, "raised", 50);
        Add(test, "second", 0);
        JobHandle lowered = Add(test, "lowered", 0);

        raised.ChangePriority(-1);
        lowered.ChangePriority(20);
        Assert.Equal((-1, 20), (raised.GetInfo().Priority, lowered.GetInfo().Priority));
        test.Store.Pump(1);
        Assert.Equal(["raised"], test.Ran);
        test.Pump();

        Assert.Equal(["raised", "first", "second", "lowered"], test.Ran);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    [Trait("Behaviour", "PRI-09")]
    public void ChangePriority_ToFront_MovesToTheHeadOfThePriority(int priority)
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle mover = Add(test, "mover", priority + 1);
        Add(test, "older", priority);
        test.Queue("q").Add("lifo", new JobOptions { Priority = priority, Lifo = true });
        JobHandle joiner = Add(test, "joiner", priority + 1);
        Add(test, "younger", priority + 1);

        joiner.ChangePriority(priority);
        mover.ChangePriority(priority, toFront: true);
        test.Pump();

        Assert.Equal(["mover", "lifo", "older", "joiner", "younger"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-14")]
    public void Priority_AtAddAndAtChange_IsAny32BitIntegerLowerFirstZeroByDefault()
    {
        int[] priorities = [0, int.MaxValue, -1, 1, int.MinValue, 7, 8, int.MaxValue - 1, int.MinValue + 1, 1_000_000, -1_000_000];
        foreach (bool change in (bool[])[false, true])
        {
            using PumpedStore test = new();
            test.Work("q");
            JobHandle plain = test.Queue("q").Add("plain");
            Assert.Equal(0, plain.GetInfo().Priority);
            plain.Remove();
            foreach (int priority in priorities)
            {
                JobHandle job = Add(test, $"{priority}", change ? 9 : priority);
                if (change)
                {
                    job.ChangePriority(priority);
                }

                Assert.Equal(priority, job.GetInfo().Priority);
            }

            test.Pump();

            Assert.Equal(priorities.Order().Select(static priority => $"{priority}"), test.Ran);
        }
    }

    [Fact]
    [Trait("Behaviour", "MUT-19")]
    public void ChangePriority_OfAnActiveEndedOrRemovedJob_IsRefusedAndChangesNothing()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            AssertRefused(job.Handle, JobState.Active);
            return job.Name == "bad" ? throw new InvalidOperationException("boom") : null;
        });
        JobHandle good = Add(test, "good", 4);
        JobHandle bad = Add(test, "bad", 4);
        test.Pump();
        JobHandle canceled = Add(test, "canceled", 4);
        canceled.Cancel();
        JobHandle removed = Add(test, "removed", 4);
        removed.Remove();

        AssertRefused(good, JobState.Completed);
        AssertRefused(bad, JobState.Failed);
        AssertRefused(canceled, JobState.Canceled);
        Assert.Equal(removed.Id, Assert.Throws<JobNotFoundException>(() => removed.ChangePriority(1)).Id);
        Assert.Throws<JobNotFoundException>(() => default(JobHandle).ChangePriority(1));
    }

    [Fact]
    [Trait("Behaviour", "MUT-20")]
    public void ChangePriority_OfWaitingDelayedAndWaitingChildrenJobs_CountsWhenTheyAreReady()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job is { Name: "delayed", AttemptsMade: 0 } ? throw new InvalidOperationException("once more") : null);
        JobHandle delayed = test.Queue("q").Add("delayed", s_twice);
        test.Pump();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "children")] });
        Add(test, "usual", 0);
        JobHandle waiting = Add(test, "waiting", 50);
        test.Ran.Clear();

        Assert.Equal((JobState.Delayed, JobState.WaitingChildren, JobState.Waiting), (delayed.State, flow.Job.State, waiting.State));
        delayed.ChangePriority(-3);
        flow.Job.ChangePriority(-2);
        waiting.ChangePriority(-1);
        Assert.Equal((JobState.Delayed, JobState.WaitingChildren, JobState.Waiting), (delayed.State, flow.Job.State, waiting.State));
        flow.Children[0].Job.Remove();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Pump();

        Assert.Equal(["delayed", "parent", "waiting", "usual"], test.Ran);
    }

    [Fact]
    public void ChangePriority_OfAJobWhoseTicketAHoldTook_PutsANewTicketOut()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = Add(test, "job", 5);
        Assert.True(JobMoves.TryHold(ref RecordOf(test, job), job.Id.ToInt64(), out _));
        test.Pump();
        Assert.Empty(test.Ran);

        job.ChangePriority(5);
        test.Pump();

        Assert.Equal(["job"], test.Ran);
    }

    [Fact]
    public void ChangePriority_WhileAnAnnouncementIsUnderWay_StopsNoLaterOne()
    {
        using PumpedStore test = new();
        test.Work("q");
        List<JobEventType> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence =>
        {
            heard.Add(occurrence.Type);
            if (occurrence.Type == JobEventType.Added)
            {
                occurrence.Job.ChangePriority(2);
            }
        }, JobEventType.Added, JobEventType.Waiting, JobEventType.Active, JobEventType.Completed);

        Add(test, "job", 1);
        test.Pump();

        Assert.Equal([JobEventType.Added, JobEventType.Waiting, JobEventType.Active, JobEventType.Completed], heard);
    }

    [Fact]
    public void Hold_OfAParentThatItsPolicyRemoves_PinsTheSlotUntilLetGo()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Remove },
            Children = [new FlowJob("child", "q")],
        });
        long id = flow.Job.Id.ToInt64();
        ref JobRecord record = ref RecordOf(test, flow.Job);
        Assert.True(JobMoves.TryHold(ref record, id, out _));
        flow.Children[0].Job.Cancel();
        Assert.Equal(StateWord.Gone, StateWord.State(record.Word));

        Stripe stripe = test.Store.Engine.Table.Stripes.Rent();
        new Holds(test.Store.Engine.Table, test.Store.Engine.Ending).LetGo(stripe, id);
        StripePool.Return(stripe);

        Assert.Equal(StateWord.Free, StateWord.State(record.Word));
    }

    [Fact]
    public void Hold_OfAJobThatATakerGaveUpAndSomebodyCanceled_LeavesTheEndOnRecord()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobHandle job = Add(test, "job", 5);
        Assert.True(JobMoves.TryHold(ref RecordOf(test, job), job.Id.ToInt64(), out _));
        test.Pump();
        Assert.True(job.Cancel());

        Stripe stripe = test.Store.Engine.Table.Stripes.Rent();
        new Holds(test.Store.Engine.Table, test.Store.Engine.Ending).LetGo(stripe, job.Id.ToInt64());
        test.Store.Engine.Ending.EvictReleased(stripe);
        StripePool.Return(stripe);

        Assert.Equal(JobState.Canceled, job.State);
    }

    [Fact]
    public async Task ChangePriority_WhileWorkersTake_LosesNoJobAndRunsNoneTwice()
    {
        const int Jobs = 4_000;
        await using LiveStore test = new();
        int[] runs = new int[Jobs];
        ValueTask<object?> Count(Job job, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref runs[job.GetData<int>()]);
            return default;
        }

        test.Work("q", Count, concurrency: 2);
        test.Work("q", Count, mode: WorkerMode.Dedicated);
        JobHandle[] jobs = [.. Enumerable.Range(0, Jobs).Select(i => test.Queue("q").Add(new JobRequest<int>("job", i) { Priority = i % 20 }))];
        for (int i = 0; i < Jobs; i++)
        {
            try
            {
                jobs[i].ChangePriority(i % 24 - 4, toFront: i % 3 == 0);
            }
            catch (InvalidJobStateException)
            {
                // It runs or has run.
            }
            catch (JobNotFoundException)
            {
                // It ended long ago.
            }
        }

        await test.Store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).Within();

        Assert.All(runs, static count => Assert.Equal(1, count));
    }

    private static JobHandle Add(PumpedStore test, string name, int priority) =>
        test.Queue("q").Add(new JobRequest<int>(name, priority) { Priority = priority });

    private static ref JobRecord RecordOf(PumpedStore test, JobHandle job) => ref test.Store.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64()));

    private static void AssertRefused(JobHandle job, JobState state)
    {
        InvalidJobStateException refusal = Assert.Throws<InvalidJobStateException>(() => job.ChangePriority(1));
        Assert.Equal((job.Id, state, 4), (refusal.Id, refusal.Current, job.GetInfo().Priority));
    }
}
