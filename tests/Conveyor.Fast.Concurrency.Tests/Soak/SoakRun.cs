using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>
/// A store under all load at once: producers of random forests, far more loops than processors, people who cancel, remove,
/// retry, wait and read, schedules, workers that are paused, resized and closed, and a thread that forces garbage collections. It
/// comes in phases; after each everything has ended by itself, the store is whole, and what it holds can be measured.
/// </summary>
internal sealed partial class SoakRun : IDisposable
{
    private const int MostUnfinished = 4_000;
    private const int MostRemembered = 5_000;
    private const int RunsPerCollection = 5_000;
    private const int MostHangingLong = 16;
    private static readonly TimeSpan s_longHang = TimeSpan.FromSeconds(2); // Longer than the last moment that a close gives.
    private static readonly TimeSpan s_stuckAfter = TimeSpan.FromSeconds(30);
    private static readonly int s_loopsPerQueue = 6 * Environment.ProcessorCount;
    private readonly JobStore _store = new(new JobStoreOptions { RandomSeed = 1, LoggerFactory = NullLoggerFactory.Instance, Retention = new RetentionOptions { Completed = Retention.KeepLast(300), Failed = Retention.KeepLast(300) } });
    private readonly FlowProducer _flows;
    private readonly SoakHandler _handler;
    private readonly Schedules _schedules;
    private readonly HangingPlace _hangingLong = new();
    private readonly EventBook? _book;
    private readonly ConcurrentQueue<JobHandle> _jobs = new();
    private readonly SemaphoreSlim _collections = new(0);
    private readonly Worker?[] _workers = new Worker?[2 * ForestMaker.Queues.Length];
    private long _deadline;
    private long _ran;
    private long _added;
    private long _waitsBegun;
    private long _waitsEnded;
    private int _hangLong;
    private int _seed;

    public SoakRun(bool isHeard)
    {
        _flows = new FlowProducer(_store);
        _handler = new SoakHandler(this);
        _schedules = new Schedules(_store, Faults);
        if (isHeard)
        {
            _book = new EventBook(Faults);
            _store.Events.Subscribe(_book.Hear);
        }
    }

    public FaultList Faults { get; } = new();

    public HangingPlace Hanging { get; } = new();

    public EventBook? Book => _book;

    public long Ran => Volatile.Read(ref _ran);

    public long Added => Volatile.Read(ref _added);

    private bool IsOver => Stopwatch.GetTimestamp() >= Volatile.Read(ref _deadline);

    /// <summary>Runs for a while, brings everything to an end and checks it. Returns what the store holds then.</summary>
    public Footprint Run(double seconds)
    {
        Hanging.Close();
        _hangingLong.Close();
        Volatile.Write(ref _deadline, Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency));
        for (int place = 0; place < _workers.Length; place++)
        {
            _workers[place] = Hire(place);
        }

        Thread[] threads = [.. new Action<Random>[] { Produce, Produce, Trouble, Trouble, Switch, DisposeStores }.Select(Begin)];
        Thread collector = Begin(Collect);
        Watch(threads);
        Hanging.Open();
        _hangingLong.Open();
        _schedules.End();
        Array.ForEach(ForestMaker.Queues, queue => _store.GetQueue(queue).Resume());
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

    /// <summary>A few at a time hang until a worker was closed by force, so that jobs stall.</summary>
    public async Task HangLongAsync()
    {
        if (Interlocked.Increment(ref _hangLong) <= MostHangingLong)
        {
            await _hangingLong.HangAsync();
        }

        Interlocked.Decrement(ref _hangLong);
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
        JobQueue queue = _store.GetQueue(forests.NextQueue());
        if (random.Next(8) == 0)
        {
            Array.ForEach(queue.AddBulk(Enumerable.Range(0, random.Next(1, 9)).Select(_ => forests.NextRequest())), Keep);
        }
        else if (random.Next(4) == 0)
        {
            Follow(RunAsync(queue, forests.NextRequest(), random.Next(2) == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(random.Next(1, 20))));
        }
        else
        {
            Keep(queue.Add(forests.NextRequest()));
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
        WorkerOptions options = new() { Concurrency = s_loopsPerQueue / 2, Mode = place % 2 == 0 ? WorkerMode.ThreadPool : WorkerMode.Dedicated, AbandonAfter = TimeSpan.FromMilliseconds(20) };
        return place % 2 == 0 ? new Worker(_store, queue, _handler.HandleAsync, options) : new Worker(_store, queue, _handler.Handle, options);
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
}
