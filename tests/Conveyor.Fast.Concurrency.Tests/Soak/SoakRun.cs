using System.Collections.Concurrent;
using System.Diagnostics;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>
/// A store under all load at once: producers of random forests, far more loops than processors, people who cancel, remove,
/// retry, wait and read, workers that are paused, resized and closed, and a thread that forces garbage collections. It
/// comes in phases; after each everything has ended by itself, the store is whole, and what it holds can be measured.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int MostUnfinished = 4_000;
    private const int MostRemembered = 5_000;
    private const int RunsPerCollection = 5_000;
    private static readonly TimeSpan s_stuckAfter = TimeSpan.FromSeconds(30);
    private static readonly int s_loopsPerQueue = 6 * Environment.ProcessorCount;
    private readonly JobStore _store = new(new JobStoreOptions { RandomSeed = 1, Retention = new RetentionOptions { Completed = Retention.KeepLast(300), Failed = Retention.KeepLast(300) } });
    private readonly FlowProducer _flows;
    private readonly SoakHandler _handler;
    private readonly EventBook? _book;
    private readonly ConcurrentQueue<JobHandle> _jobs = new();
    private readonly SemaphoreSlim _collections = new(0);
    private readonly Worker?[] _workers = new Worker?[2 * ForestMaker.Queues.Length];
    private long _deadline;
    private long _ran;
    private long _added;
    private long _waitsBegun;
    private long _waitsEnded;
    private int _seed;

    public SoakRun(bool isHeard)
    {
        _flows = new FlowProducer(_store);
        _handler = new SoakHandler(this);
        if (isHeard)
        {
            _book = new EventBook(Faults);
            _store.Events.Subscribe(_book.Hear);
        }
    }

    public FaultList Faults { get; } = new();

    public HangingPlace Hanging { get; } = new();

    public long Ran => Volatile.Read(ref _ran);

    public long Added => Volatile.Read(ref _added);

    private bool IsOver => Stopwatch.GetTimestamp() >= Volatile.Read(ref _deadline);

    /// <summary>Runs for a while, brings everything to an end and checks it. Returns what the store holds then.</summary>
    public Footprint Run(double seconds)
    {
        Hanging.Close();
        Volatile.Write(ref _deadline, Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency));
        for (int place = 0; place < _workers.Length; place++)
        {
            _workers[place] = Hire(place);
        }

        Thread[] threads = [.. new Action<Random>[] { Produce, Produce, Trouble, Trouble, Switch, DisposeStores }.Select(Begin)];
        Thread collector = Begin(Collect);
        Watch(threads);
        Hanging.Open();
        foreach (Worker? worker in _workers)
        {
            worker!.Resume();
        }

        EndAll();
        Await(Task.WhenAll(_workers.Select(static worker => worker!.CloseAsync(Timeout.InfiniteTimeSpan))), "closing the workers");
        Volatile.Write(ref _deadline, 0);
        _collections.Release();
        Watch([collector]);
        Check();
        return Footprint.Of(_store);
    }

    public void NoteRun()
    {
        if (Interlocked.Increment(ref _ran) % RunsPerCollection == 0)
        {
            _collections.Release();
        }
    }

    public void AddPlain(Random random)
    {
        ForestMaker forests = new(Faults, random);
        Keep(_store.GetQueue(forests.NextQueue()).Add("plain", forests.NextPayload(), forests.NextOptions()));
    }

    /// <summary>Does one of the things people do to a job; it may be anywhere.</summary>
    public void Act(Random random, JobHandle job)
    {
        try
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    job.Cancel(includeChildren: random.Next(2) == 0);
                    break;
                case 2:
                    job.Remove(keepChildren: random.Next(2) == 0);
                    break;
                case 3:
                    Interlocked.Increment(ref _waitsBegun);
                    job.WaitUntilFinishedAsync().AsTask().ContinueWith(_ => Interlocked.Increment(ref _waitsEnded), TaskScheduler.Default);
                    break;
                default:
                    if (job.TryGetInfo(out JobInfo? info) && info.Data is HandlerAutomaton automaton)
                    {
                        automaton.NoteRetry();
                        job.Retry(includeCompleted: random.Next(2) == 0);
                    }

                    break;
            }
        }
        catch (ConveyorException refusal) when (refusal is InvalidJobStateException or JobNotFoundException)
        {
            // It was elsewhere by then.
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _collections.Dispose();
    }

    private Thread Begin(Action<Random> work)
    {
        Random random = new(++_seed);
        Thread thread = new(() =>
        {
            try
            {
                work(random);
            }
            catch (Exception error)
            {
                Faults.Add(error.ToString());
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    private Worker Hire(int place)
    {
        string queue = ForestMaker.Queues[place / 2];
        WorkerOptions options = new() { Concurrency = s_loopsPerQueue / 2, Mode = place % 2 == 0 ? WorkerMode.ThreadPool : WorkerMode.Dedicated };
        return place % 2 == 0 ? new Worker(_store, queue, _handler.HandleAsync, options) : new Worker(_store, queue, _handler.Handle, options);
    }

    private void Produce(Random random)
    {
        ForestMaker forests = new(Faults, random);
        while (!IsOver)
        {
            if (CountUnfinished() > MostUnfinished)
            {
                Thread.Yield();
            }
            else if (random.Next(4) == 0)
            {
                AddPlain(random);
            }
            else
            {
                Keep(_flows.Add(forests.NextFlow()));
            }
        }
    }

    private void Trouble(Random random)
    {
        while (!IsOver)
        {
            if (_jobs.TryDequeue(out JobHandle job))
            {
                Act(random, job);
            }
            else
            {
                Thread.Yield();
            }

            if (random.Next(50) == 0)
            {
                Hanging.LetGo();
            }
        }
    }

    /// <summary>Pauses, resumes, resizes and replaces workers; a closed one is closed at once or with its handlers' leave.</summary>
    private void Switch(Random random)
    {
        while (!IsOver)
        {
            int place = random.Next(_workers.Length);
            Worker worker = _workers[place]!;
            switch (random.Next(4))
            {
                case 0:
                    worker.Pause();
                    break;
                case 1:
                    worker.Concurrency = random.Next(1, s_loopsPerQueue);
                    break;
                case 2 when random.Next(10) == 0:
                    Task close = worker.CloseAsync(random.Next(2) == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
                    _workers[place] = Hire(place);
                    Hanging.LetGo();
                    break;
                default:
                    worker.Resume();
                    break;
            }

            Thread.SpinWait(random.Next(50_000));
            Thread.Yield();
        }
    }

    /// <summary>Stores of their own, each disposed by a handler in the middle of its work.</summary>
    private void DisposeStores(Random random)
    {
        while (!IsOver)
        {
            DisposedStore.LiveAndDie(Faults, random.Next(1, 20));
        }
    }

    private void Collect(Random random)
    {
        while (Volatile.Read(ref _deadline) != 0)
        {
            _collections.Wait();
            GC.Collect(random.Next(GC.MaxGeneration + 1), GCCollectionMode.Forced, blocking: random.Next(2) == 0);
        }
    }

    private void Keep(FlowResult flow)
    {
        Keep(flow.Job);
        foreach (FlowResult child in flow.Children)
        {
            Keep(child);
        }
    }

    private void Keep(JobHandle job)
    {
        Interlocked.Increment(ref _added);
        if (_jobs.Count < MostRemembered)
        {
            _jobs.Enqueue(job);
        }
    }

    /// <summary>Waits for threads that end by themselves, as long as jobs go on settling.</summary>
    private void Watch(Thread[] threads) => Await(Task.Run(() => Array.ForEach(threads, static thread => thread.Join())), "the threads' end");

    /// <summary>
    /// Waits for every unfinished job; none may be left for ever. Only handlers act by now, so when two looks find nothing
    /// and nothing has run meanwhile, there is nothing.
    /// </summary>
    private void EndAll()
    {
        long ran;
        do
        {
            ran = Ran;
            foreach (JobInfo info in Unfinished())
            {
                Await(info.Job.WaitUntilFinishedAsync().AsTask().ContinueWith(static _ => { }, TaskScheduler.Default), $"the end of {info}");
            }
        }
        while (CountUnfinished() + CountUnfinished() != 0 || Ran != ran);
        Await(_store.WaitUntilIdleAsync().AsTask(), "idleness");
    }

    /// <summary>As long as there is progress, time does not matter. Without any, everything is told and the run has failed.</summary>
    private void Await(Task task, string what)
    {
        long ran = -1;
        while (!task.Wait(s_stuckAfter))
        {
            Assert.True(Ran != ran, $"Nothing has run for {s_stuckAfter} while waiting for {what}. {Describe()}");
            ran = Ran;
        }
    }

    private IEnumerable<JobInfo> Unfinished() =>
        from name in ForestMaker.Queues
        from state in new[] { JobState.WaitingChildren, JobState.Delayed, JobState.Waiting, JobState.Active }
        from info in _store.GetQueue(name).GetJobs(state)
        select info;

    private long CountUnfinished() => ForestMaker.Queues.Sum(name => _store.GetQueue(name).GetJobCounts() is var counts ? counts.Waiting + counts.WaitingChildren + counts.Delayed + counts.Active : 0);

    private string Describe() => string.Join(Environment.NewLine,
    [
        .. ForestMaker.Queues.Select(name => $"queue {name}: {_store.GetQueue(name).GetJobCounts()}"),
        .. _workers.Select(static worker => $"worker {worker!.Name}: running {worker.IsRunning}, paused {worker.IsPaused}, concurrency {worker.Concurrency}"),
        .. Unfinished().Take(20).Select(static info => info.ToString()),
        Faults.ToString(),
    ]);

    private void Check()
    {
        // A loop that a close has woken once more may still be on its way back to rest.
        Assert.True(SpinWait.SpinUntil(() => _store.Engine.Dispatcher.Runs.Rented == _store.Engine.Dispatcher.Runs.Returned, s_stuckAfter), $"{_store.Engine.Dispatcher.Runs.Rented} runs were rented and {_store.Engine.Dispatcher.Runs.Returned} returned");
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _waitsBegun) == Volatile.Read(ref _waitsEnded), s_stuckAfter), $"{_waitsBegun} waits have begun and {_waitsEnded} ended");
        _book?.Check(_store);
        Assert.True(Faults.IsEmpty, Faults.ToString());
        IntegrityChecker.Check(_store);
    }
}
