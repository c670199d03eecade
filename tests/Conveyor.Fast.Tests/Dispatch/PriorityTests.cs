using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class PriorityTests
{
    [Fact]
    [Trait("Behaviour", "PRI-01")]
    public void Take_OfSeveralPriorities_LowerNumberFirst()
    {
        using PumpedStore test = new();
        test.Work("q");
        Add(test, "nine", 9);
        Add(test, "two", 2);
        Add(test, "hundred", 100);
        Add(test, "minus", -1);
        Add(test, "one", 1);

        test.Pump();

        Assert.Equal(["minus", "one", "two", "nine", "hundred"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-02")]
    public void Take_WithoutPriority_CountsAsZeroAheadOfAnyPositiveOne()
    {
        using PumpedStore test = new();
        test.Work("q");
        Add(test, "one", 1);
        Add(test, "huge", int.MaxValue);
        JobHandle plain = test.Queue("q").Add("plain");
        Add(test, "zero", 0);

        Assert.Equal(0, plain.GetInfo().Priority);
        test.Pump();

        Assert.Equal(["plain", "zero", "one", "huge"], test.Ran);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [Trait("Behaviour", "PRI-03")]
    public void Take_OfOnePriority_FirstInFirstOut(int priority)
    {
        using PumpedStore test = new();
        test.Work("q");
        string[] names = [.. Enumerable.Range(0, 50).Select(static i => $"job-{i}")];
        foreach (string name in names)
        {
            Add(test, name, priority);
        }

        test.Pump();

        Assert.Equal(names, test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-04")]
    public void Take_FromQueueInLifoMode_NewestFirst()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Lifo = true });
        test.Work("q");
        queue.Add("old");
        queue.Add("middle", "data");
        test.Flows.Add(new FlowJob("new", "q"));

        test.Pump();

        Assert.Equal(["new", "middle", "old"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-05")]
    public void Take_OfSingleLifoJob_AheadOfOlderOnesOfItsPriority()
    {
        using PumpedStore test = new();
        test.Work("q");
        JobOptions lifo = new() { Lifo = true };
        JobOptions rareLifo = new() { Lifo = true, Priority = 20 };
        test.Queue("q").Add("old");
        test.Queue("q").Add("older-rare", new JobOptions { Priority = 20 });
        test.Queue("q").Add("lifo", lifo);
        test.Queue("q").Add("rare-lifo", rareLifo);
        test.Queue("q").Add("young");

        test.Pump();

        Assert.Equal(["lifo", "old", "young", "rare-lifo", "older-rare"], test.Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "PRI-06")]
    public void Take_InEitherMode_PriorityBeatsAge(bool lifo)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { Lifo = lifo });
        test.Work("q");
        Add(test, "urgent-old", 1);
        Add(test, "idle-old", 30);
        queue.Add("idle-lifo", new JobOptions { Priority = 30, Lifo = true });
        Add(test, "urgent-new", 1);
        queue.Add("idle-front", new JobOptions { Priority = 2, Lifo = true });

        test.Pump();

        string[] urgent = lifo ? ["urgent-new", "urgent-old"] : ["urgent-old", "urgent-new"];
        Assert.Equal([.. urgent, "idle-front", "idle-lifo", "idle-old"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-10")]
    public void Retry_AtOnceAfterBackoffAndByHand_ObeysThePriority()
    {
        using PumpedStore test = new();
        test.Work("q", job =>
        {
            if (job.Name is "at-once" or "later" && job.AttemptsMade == 0)
            {
                Add(test, $"urgent-of-{job.Name}", 1);
                throw new InvalidOperationException("once more");
            }

            return job.Name == "by-hand" ? throw new InvalidOperationException("for good") : null;
        });
        JobQueue queue = test.Queue("q");
        queue.Add("at-once", new JobOptions { Priority = 5, Attempts = 2 });
        queue.Add("later", new JobOptions { Priority = 5, Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) });
        JobHandle byHand = queue.Add("by-hand", new JobOptions { Priority = 5 });
        Add(test, "idle", 6);
        test.Pump();
        Assert.Equal(["at-once", "urgent-of-at-once", "later", "urgent-of-later", "by-hand", "at-once", "idle"], test.Ran);

        test.Ran.Clear();
        Add(test, "idle-again", 6);
        Add(test, "urgent-again", 4);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        byHand.Retry();
        test.Pump();

        Assert.Equal("urgent-again", test.Ran[0]);
        Assert.Equal(["by-hand", "later"], test.Ran[1..3].Order());
        Assert.Equal("idle-again", test.Ran[3]);
    }

    [Fact]
    [Trait("Behaviour", "PRI-12")]
    public async Task Add_WhileTheWorkerFinishesItsLastJob_TakenUnderAClockNeverAdvanced()
    {
        await using LiveStore test = new();
        JobQueue queue = test.Queue("q");
        TaskCompletionSource urgentRan = new(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Work("q", (job, _) =>
        {
            if (job.Name == "urgent")
            {
                urgentRan.SetResult();
            }

            return default;
        });
        using (queue.Events.Subscribe(ended =>
        {
            if (ended.JobName == "last")
            {
                queue.Add(new JobRequest<int>("urgent", 1) { Priority = -5 });
            }
        }, JobEventType.Completed))
        {
            queue.Add("last");
            await urgentRan.Task.Within();
        }

        // The same from outside, as close to the worker's falling asleep as it comes.
        for (int i = 0; i < 500; i++)
        {
            await queue.Add(new JobRequest<int>("round", i) { Priority = i % 20 - 5 }).WaitUntilFinishedAsync(TestContext.Current.CancellationToken).Within();
        }
    }

    [Fact]
    [Trait("Behaviour", "PRI-13")]
    public void Add_WithQueueDefaultPriority_TakesItUnlessOverridden()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Store.GetQueue("q", new JobQueueOptions { DefaultJobOptions = new JobOptions { Priority = 5 } });
        test.Work("q");
        JobHandle standard = queue.Add("standard");
        JobHandle byOptions = queue.Add("by-options", new JobOptions { Priority = 0 });
        JobHandle byRequest = queue.Add(new JobRequest<string>("by-request", "data") { Priority = 6, Options = new JobOptions { Priority = 1 } });
        queue.Add("also-standard", new JobOptions { Attempts = 2 });

        Assert.Equal((5, 0, 6), (standard.GetInfo().Priority, byOptions.GetInfo().Priority, byRequest.GetInfo().Priority));
        test.Pump();

        Assert.Equal(["by-options", "standard", "also-standard", "by-request"], test.Ran);
    }

    [Fact]
    [Trait("Behaviour", "PRI-18")]
    public void Start_WithJobsAddedBefore_ProcessesThemInOrder()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("first");
        test.Queue("q").Add("second");
        Add(test, "urgent", -1);
        test.Queue("q").Add("third");

        test.Work("q");
        test.Pump();

        Assert.Equal(["urgent", "first", "second", "third"], test.Ran);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void LifoJobs_OfOneBulkOrFlow_GoToTheFrontInTheirOldOrder(int priority)
    {
        using PumpedStore test = new();
        JobOptions line = new() { Priority = priority };
        JobOptions lifo = new() { Priority = priority, Lifo = true };
        test.Work("q");
        test.Queue("q").Add("old", line);

        test.Queue("q").AddBulk<int>([new("bulk-1", 0) { Options = lifo }, new("young", 0) { Options = line }, new("bulk-2", 0) { Options = lifo }]);
        test.Flows.AddBulk([new FlowJob("flow-1", "q") { Options = lifo }, new FlowJob("flow-2", "q") { Options = lifo }]);
        test.Pump();

        Assert.Equal(["flow-1", "flow-2", "bulk-1", "bulk-2", "old", "young"], test.Ran);
    }

    private static JobHandle Add(PumpedStore test, string name, int priority) =>
        test.Queue("q").Add(new JobRequest<int>(name, priority) { Priority = priority });
}
