using System.Collections.Concurrent;
using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Parallel;

/// <summary>
/// A store under load from all sides for a while: producers, workers, and people who cancel, remove, retry and pause.
/// Then everything must come to an end by itself, the store be whole and every job's own book be right.
/// </summary>
internal sealed class ParallelRun(WorkerMode mode, bool isHeard, int seed)
{
    public const string Value = "done";
    public static readonly string[] QueueNames = ["a", "b", "c"];

    private const int Producers = 2;
    private const int Troublemakers = 2;
    private const int MostWaiting = 3_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _reports = new();
    private readonly ConcurrentQueue<Task> _waits = new();
    private readonly ConcurrentQueue<JobHandle> _jobs = new();
    private readonly JobStore _store = new(new JobStoreOptions { RandomSeed = seed, Retention = new RetentionOptions { Completed = Retention.KeepLast(500), Failed = Retention.KeepLast(500) } });
    private readonly List<Worker> _workers = [];
    private long _deadline;
    private int _added;
    private int _ran;

    public bool IsOver => Stopwatch.GetTimestamp() >= Volatile.Read(ref _deadline);

    public JobStore Store => _store;

    public IEnumerable<string> Reports => _reports;

    public int Added => _added;

    public int Ran => _ran;

    public void Report(string violation)
    {
        if (_reports.Count < 20)
        {
            _reports.Enqueue(violation);
        }
    }

    /// <summary>Keeps a wait, which must have ended when the store is idle.</summary>
    public void Watch(ValueTask wait) => _waits.Enqueue(wait.AsTask());

    public async Task GoAsync(TimeSpan duration)
    {
        EventBook book = new(this);
        using IDisposable? hearing = isHeard ? _store.Events.Subscribe(book.Hear) : null;
        Volatile.Write(ref _deadline, Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        foreach (string name in QueueNames)
        {
            _workers.Add(new Worker(_store, name, HandleAsync, new WorkerOptions { Mode = mode, Concurrency = 2 }));
            _workers.Add(new Worker(_store, name, Handle, new WorkerOptions { Mode = mode, Concurrency = 1 }));
        }

        Troublemaker[] troublemakers = [.. Enumerable.Range(0, Troublemakers).Select(i => new Troublemaker(this, seed + 100 + i))];
        List<Task> all =
        [
            .. Enumerable.Range(0, Producers).Select(i => OnThread(() => Produce(new ForestMaker(this, seed + i), new Random(seed + i)))),
            .. troublemakers.Select(one => OnThread(() => one.Run(_jobs))),
            OnThread(Switch),
        ];
        await Task.WhenAll(all).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        foreach (Worker worker in _workers)
        {
            worker.Resume();
        }

        await EndAsync();
        await Task.WhenAll(_waits.Select(static wait => wait.ContinueWith(static _ => { }, TaskScheduler.Default))).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        foreach (Worker worker in _workers)
        {
            await worker.CloseAsync(s_limit).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        }

        global::Conveyor.Fast.Admission.Engine engine = _store.Engine;
        Assert.True(
            SpinWait.SpinUntil(() => engine.Dispatcher.Runs.Rented == engine.Dispatcher.Runs.Returned, s_limit),
            $"{engine.Dispatcher.Runs.Rented} runs were rented and {engine.Dispatcher.Runs.Returned} returned");
        book.Close(_store);
        CheckOutcomes();
        Assert.True(_reports.IsEmpty, string.Join("\n", _reports));
        IntegrityChecker.Check(_store);
        Assert.True(Ran > 0 && troublemakers.Sum(static one => one.Canceled) > 0, "nothing happened");
        Assert.True(troublemakers.Sum(static one => one.Removed) > 0 && troublemakers.Sum(static one => one.Retried) > 0, "nothing was removed or retried");
        Assert.Equal(isHeard, book.Jobs >= Added && Added > 0);
        await _store.DisposeAsync();
    }

    private static Task OnThread(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Produce(ForestMaker forests, Random random)
    {
        FlowProducer flows = new(_store);
        while (!IsOver)
        {
            if (QueueNames.Sum(name => _store.GetQueue(name).GetJobCounts().Waiting) > MostWaiting)
            {
                Thread.Yield();
                continue;
            }

            switch (random.Next(4))
            {
                case 0:
                    Keep(_store.GetQueue(forests.NextQueue()).Add("plain", forests.NextProbe(), forests.NextOptions()));
                    break;
                case 1:
                    JobRequest<JobProbe>[] bulk = [.. Enumerable.Range(0, 5).Select(_ => new JobRequest<JobProbe>("bulk", forests.NextProbe()) { Options = forests.NextOptions() })];
                    foreach (JobHandle job in _store.GetQueue(forests.NextQueue()).AddBulk(bulk))
                    {
                        Keep(job);
                    }

                    break;
                default:
                    Keep(flows.Add(forests.Next()));
                    break;
            }
        }
    }

    private void Keep(JobHandle job)
    {
        Interlocked.Increment(ref _added);
        _jobs.Enqueue(job);
    }

    private void Keep(FlowResult flow)
    {
        Keep(flow.Job);
        foreach (FlowResult child in flow.Children)
        {
            Keep(child);
        }
    }

    /// <summary>Pauses, resumes and resizes workers.</summary>
    private void Switch()
    {
        Random random = new(seed);
        while (!IsOver)
        {
            Worker worker = _workers[random.Next(_workers.Count)];
            switch (random.Next(3))
            {
                case 0:
                    worker.Pause();
                    break;
                case 1:
                    worker.Resume();
                    break;
                default:
                    worker.Concurrency = random.Next(1, 4);
                    break;
            }

            Thread.SpinWait(random.Next(20_000));
            Thread.Yield();
        }
    }

    private object? Handle(Job job)
    {
        JobProbe probe = job.GetData<JobProbe>();
        Random random = probe.Enter(job);
        try
        {
            Interlocked.Increment(ref _ran);
            Thread.SpinWait(random.Next(400));
            return End(random);
        }
        finally
        {
            probe.Leave();
        }
    }

    private async ValueTask<object?> HandleAsync(Job job, CancellationToken token)
    {
        JobProbe probe = job.GetData<JobProbe>();
        Random random = probe.Enter(job);
        try
        {
            Interlocked.Increment(ref _ran);
            Thread.SpinWait(random.Next(400));
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }

            token.ThrowIfCancellationRequested();
            return End(random);
        }
        finally
        {
            probe.Leave();
        }
    }

    private static string End(Random random) => random.Next(12) switch
    {
        0 or 1 => throw new InvalidOperationException("failed"),
        2 => throw new UnrecoverableJobException("failed for good"),
        _ => Value,
    };

    /// <summary>Waits for every unfinished job; none may be left for ever.</summary>
    private async Task EndAsync()
    {
        long end = Stopwatch.GetTimestamp() + (long)(s_limit.TotalSeconds * Stopwatch.Frequency);
        while (Unfinished().FirstOrDefault() is { } info)
        {
            try
            {
                await info.Job.WaitUntilFinishedAsync(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end), TestContext.Current.CancellationToken);
            }
            catch (ConveyorException)
            {
                // It ended, if not well.
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{info} has not ended; unfinished: {string.Join(", ", Unfinished().Take(10))}; reports: {string.Join("; ", _reports)}");
            }
        }

        await _store.WaitUntilIdleAsync().AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Every kept job tells when and how it ended.</summary>
    private void CheckOutcomes()
    {
        foreach (JobInfo info in InStates(JobState.Completed, JobState.Failed, JobState.Canceled))
        {
            if (info.EndedAt is not { } ended || ended < info.CreatedAt)
            {
                Report($"{info} was added at {info.CreatedAt:O} and ended at {info.EndedAt:O}");
            }

            if (info.State == JobState.Completed ? !Value.Equals(info.Value) : info.Reason is null)
            {
                Report($"{info} has the value '{info.Value}' and the reason '{info.Reason}'");
            }
        }
    }

    private IEnumerable<JobInfo> Unfinished() => InStates(JobState.Active, JobState.Waiting, JobState.Delayed, JobState.WaitingChildren);

    private IEnumerable<JobInfo> InStates(params JobState[] states) =>
        from name in QueueNames
        from state in states
        from info in _store.GetQueue(name).GetJobs(state)
        select info;
}
