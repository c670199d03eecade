using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Telemetry;

public class EventTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Behaviour", "EVT-02")]
    public void AddBulk_OfManyJobs_AnnouncesOneEachInInputOrder()
    {
        using PumpedStore test = new();
        List<string> added = [];
        List<string> waiting = [];
        using IDisposable first = test.Queue("q").Events.Subscribe(occurrence => added.Add(occurrence.JobName), JobEventType.Added);
        using IDisposable second = test.Queue("q").Events.Subscribe(occurrence => waiting.Add(occurrence.JobName), JobEventType.Waiting);
        string[] names = [.. Enumerable.Range(0, 100).Select(static i => $"job-{i}")];

        test.Queue("q").AddBulk(names.Select(static (name, i) => new JobRequest<int>(name, i) { Priority = -i }));

        Assert.Equal(names, added);
        Assert.Equal(names, waiting);
    }

    [Fact]
    [Trait("Behaviour", "EVT-29")]
    public void WhatChangesNoStateOrFollowsFromACall_IsAnnouncedToo()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        test.Work("q", static _ => throw new InvalidOperationException("bad"));
        List<JobEvent> heard = [];
        using IDisposable subscription = queue.Events.Subscribe(
            heard.Add, JobEventType.Added, JobEventType.Waiting, JobEventType.Duplicated, JobEventType.Deduplicated, JobEventType.RetriesExhausted, JobEventType.Cleaned);

        JobHandle job = queue.Add("job", new JobOptions { CustomId = "id", Deduplication = Deduplication.ByKey("key"), Attempts = 2 });
        queue.Add("same id", new JobOptions { CustomId = "id" });
        queue.Add("same key", new JobOptions { Deduplication = Deduplication.ByKey("key") });
        test.Pump();
        queue.Clean(JobState.Failed, TimeSpan.Zero);

        Assert.Equal(
            [JobEventType.Added, JobEventType.Waiting, JobEventType.Duplicated, JobEventType.Deduplicated, JobEventType.Waiting, JobEventType.RetriesExhausted, JobEventType.Cleaned],
            heard.Select(static occurrence => occurrence.Type));
        Assert.Equal([JobState.None, JobState.Active], heard.Where(static occurrence => occurrence.Type == JobEventType.Waiting).Select(static occurrence => occurrence.PreviousState));
        Assert.All(heard[..6], occurrence => Assert.Equal((job, "q"), (occurrence.Job, occurrence.QueueName)));
        Assert.Equal((default, "q", 1), (heard[6].Job, heard[6].QueueName, heard[6].Count));
    }

    [Fact]
    public void DuplicatedAndDeduplicated_NameTheJobThatTheAddHasFound()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobOptions id = new() { CustomId = "id" };
        JobOptions key = new() { Deduplication = Deduplication.ByKey("key") };
        queue.Add("has the id", id);
        queue.Add("has the key", key);
        using HeardEvents heard = new(queue.Events, JobEventType.Duplicated, JobEventType.Deduplicated);

        queue.Add("late", id);
        queue.Add("late", key);
        queue.AddBulk([new JobRequest<int>("late", 1) { Options = id }, new JobRequest<int>("late", 2) { Options = key }]);
        test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("late", "q") { Options = key }] });

        Assert.Equal(["has the id: Duplicated", "has the key: Deduplicated", "has the id: Duplicated", "has the key: Deduplicated", "has the key: Deduplicated"], heard);
    }

    [Theory]
    [InlineData(WorkerMode.ThreadPool)]
    [InlineData(WorkerMode.Dedicated)]
    [Trait("Behaviour", "EVT-05")]
    public async Task Events_OfEachJobUnderLoad_AreWaitingActiveAndOneTerminal(WorkerMode mode)
    {
        const int Jobs = 10_000;
        await using LiveStore test = new(new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.KeepAll });
        Dictionary<JobId, List<JobEventType>> heard = [];
        int inside = 0;
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence =>
            {
                lock (heard)
                {
                    (heard.TryGetValue(occurrence.Job.Id, out List<JobEventType>? types) ? types : heard[occurrence.Job.Id] = []).Add(occurrence.Type);
                }
            },
            JobEventType.Waiting, JobEventType.Active, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled);
        for (int i = 0; i < 2; i++)
        {
            test.Work("q", async (job, _) =>
            {
                Interlocked.Increment(ref inside);
                if (job.GetData<int>() % 4 == 0)
                {
                    await Task.Yield();
                }

                return job.GetData<int>() % 3 == 0 ? throw new InvalidOperationException("bad") : null;
            }, concurrency: 2, mode: mode);
        }

        JobHandle[] jobs = test.Queue("q").AddBulk(Enumerable.Range(0, Jobs).Select(static i => new JobRequest<int>("job", i)));
        await test.Store.WaitUntilIdleAsync(TestToken).Within();
        foreach (Worker worker in test.Store.Engine.Workers)
        {
            await worker.CloseAsync(TestToken).Within();
        }

        Assert.Equal((Jobs, Jobs), (inside, heard.Count));
        for (int i = 0; i < Jobs; i++)
        {
            Assert.Equal([JobEventType.Waiting, JobEventType.Active, i % 3 == 0 ? JobEventType.Failed : JobEventType.Completed], heard[jobs[i].Id]);
        }
    }

    [Fact]
    [Trait("Behaviour", "EVT-06")]
    public void CompletedAndFailed_CarryTheJobAsItIs()
    {
        using PumpedStore test = new();
        DateTimeOffset start = test.Time.GetUtcNow();
        test.Work("q", job =>
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            return job.Name == "good" && job.AttemptsMade == 1 ? "value" : throw new InvalidOperationException($"run {job.AttemptsMade + 1}");
        });
        List<(JobEvent Event, JobInfo Info)> ends = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => ends.Add((occurrence, occurrence.Job.GetInfo())), JobEventType.Completed, JobEventType.Failed);
        test.Queue("q").Add("good", new JobOptions { Attempts = 2 });
        test.Queue("q").Add("bad");

        test.Pump();

        Assert.Equal(["bad", "good"], ends.Select(static end => end.Event.JobName));
        foreach ((JobEvent occurrence, JobInfo info) in ends)
        {
            bool good = occurrence.JobName == "good";
            Assert.Equal(good ? JobState.Completed : JobState.Failed, occurrence.State);
            Assert.Equal(JobState.Active, occurrence.PreviousState);
            Assert.Equal((good ? "value" : null, good ? null : "run 1", good ? 2 : 1), ((string?)occurrence.Value, occurrence.Reason, occurrence.AttemptsMade));
            Assert.Equal(start.AddSeconds(good ? 2 : 1), occurrence.StartedAt);
            Assert.Equal(start.AddSeconds(good ? 3 : 2), occurrence.Time);
            Assert.Equal((occurrence.State, occurrence.Value, occurrence.Reason, occurrence.Error), (info.State, info.Value, info.Reason, info.Error));
            Assert.Equal((occurrence.AttemptsMade, occurrence.StartedAt, occurrence.Time), (info.AttemptsMade, info.StartedAt, info.EndedAt));
        }
    }

    [Fact]
    [Trait("Behaviour", "EVT-10")]
    public async Task Drained_OncePerIdlePeriod_AlsoWithConcurrency()
    {
        using PumpedStore test = new();
        List<string> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => heard.Add(occurrence.QueueName), JobEventType.Drained);
        test.Work("q", static job => job.Name == "later" && job.AttemptsMade == 0 ? throw new InvalidOperationException("later") : null, concurrency: 3);
        test.Pump();
        Assert.Empty(heard);
        test.Queue("q").AddBulk(Enumerable.Range(0, 10).Select(static i => new JobRequest<int>("job", i)));
        test.Store.Pump(9);
        Assert.Empty(heard);
        test.Pump();
        Assert.Equal(["q"], heard);
        test.Pump();
        Assert.Equal(["q"], heard);

        // Delayed and waiting-children jobs do not count.
        test.Queue("q").Add("later", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromHours(1)) });
        test.Flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "unserved")] });
        test.Pump();
        Assert.Equal(["q", "q"], heard);
        Assert.Equal((1, 1), (test.Queue("q").GetJobCounts().Delayed, test.Queue("q").GetJobCounts().WaitingChildren));

        // With threads, a loop that finds nothing while another still runs says nothing.
        await using LiveStore live = new();
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int times = 0;
        using IDisposable threaded = live.Store.Events.Subscribe(
            _ =>
            {
                Interlocked.Increment(ref times);
                drained.TrySetResult();
            },
            JobEventType.Drained);
        live.Work("q", async (job, _) =>
        {
            await (job.Name == "slow" ? end.Task : Task.CompletedTask);
            return null;
        }, concurrency: 3);
        live.Queue("q").Add("slow");
        for (int i = 0; i < 200; i++)
        {
            await live.Queue("q").Add("quick", i).WaitUntilFinishedAsync(TestToken).Within();
        }

        Assert.Equal(0, times);
        end.SetResult();
        await drained.Task.Within();
        foreach (Worker worker in live.Store.Engine.Workers)
        {
            await worker.CloseAsync(TestToken).Within();
        }

        Assert.Equal(1, times);
    }

    [Fact]
    public void ReEntries_IntoWaitingAndDelayed_AreAnnouncedWithWhereTheyComeFrom()
    {
        using PumpedStore test = new();
        List<string> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence => heard.Add($"{occurrence.JobName} {occurrence.PreviousState}->{occurrence.State}"), JobEventType.Waiting, JobEventType.Delayed, JobEventType.WaitingChildren);
        test.Work("q", static job => job.Name == "child" && job.AttemptsMade < 2 ? throw new InvalidOperationException("again") : null);
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Children = [new FlowJob("child", "q") { Options = new JobOptions { Attempts = 3, Backoff = Backoff.Custom(static context => new(TimeSpan.FromSeconds(context.AttemptsMade - 1))) } }],
        });

        test.Pump();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Pump();
        flow.Children[0].Job.Retry(includeCompleted: true);

        Assert.Equal(["parent None->WaitingChildren", "parent WaitingChildren->Waiting"], heard.Where(static line => line.StartsWith("parent", StringComparison.Ordinal)));
        Assert.Equal(
            ["child None->Waiting", "child Active->Waiting", "child Active->Delayed", "child Delayed->Waiting", "child Completed->Waiting"],
            heard.Where(static line => line.StartsWith("child", StringComparison.Ordinal)));
    }

    [Fact]
    public void Removals_ByCallAndByRetention_AreAnnouncedOnce()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepLast(1) });
        List<string> heard = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => heard.Add($"{occurrence.JobName} {occurrence.PreviousState}"), JobEventType.Removed);
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : null);
        JobHandle called = test.Queue("unserved").Add("called");
        called.Remove();
        called.Remove();
        test.Queue("q").Add("at-once", new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce });
        test.Queue("q").Add("evicted");
        test.Queue("q").Add("kept");
        test.Flows.Add(new FlowJob("by-policy", "q")
        {
            Options = new JobOptions { FailParentOnChildFailure = ChildFailurePolicy.Remove },
            Children = [new FlowJob("bad", "q")],
        });

        test.Pump();

        Assert.Equal(["called Waiting", "at-once Completed", "evicted Completed", "by-policy WaitingChildren"], heard);
    }

    [Fact]
    [Trait("Behaviour", "EVT-26")]
    public void WorkerEvents_CoverOnlyTheJobsThatWorkerRan()
    {
        using PumpedStore test = new();
        Worker[] workers = [test.Work("q"), test.Work("q"), test.Work("other")];
        List<(int Worker, JobId Job, JobEventType Type)> heard = [];
        for (int i = 0; i < workers.Length; i++)
        {
            int number = i;
            workers[i].Events.Subscribe(occurrence => heard.Add((number, occurrence.Job.Id, occurrence.Type)));
        }

        test.Queue("q").Add("first");
        test.Pump();
        workers[0].Pause();
        JobHandle second = test.Queue("q").Add("second");
        JobHandle third = test.Queue("other").Add("third");
        test.Pump();
        test.Queue("unserved").Add("fourth").Cancel();

        Assert.All(heard, entry => Assert.Equal(test.Store.TryGetJob(entry.Job, out JobHandle job) ? job.GetInfo().WorkerName : null, workers[entry.Worker].Name));
        Assert.Equal([JobEventType.Active, JobEventType.Completed], heard.Where(entry => entry.Job == second.Id).Select(static entry => entry.Type));
        Assert.Equal([2, 2], heard.Where(entry => entry.Job == third.Id).Select(static entry => entry.Worker));
        Assert.Equal(6, heard.Count);
    }
}
