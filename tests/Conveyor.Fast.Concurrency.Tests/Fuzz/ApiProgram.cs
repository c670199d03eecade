using Conveyor.Fast.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <summary>
/// Reads bytes as calls of the public surface: every string of bytes is a program. It runs in a pumped store under a fake
/// clock, its handlers go on reading it, and after each call the store must be whole. At the end everything is let go and
/// must come to rest.
/// </summary>
internal sealed partial class ApiProgram : IDisposable
{
    private const int MostJobs = 200;
    private const int MostDepth = 3;
    private static readonly string[] s_queues = ["a", "b", "bounded"];
    private static readonly string?[] s_customIds = [null, null, null, "one", "two", ""];
    private static readonly Retention?[] s_retentions = [null, Retention.KeepAll, Retention.RemoveAtOnce, Retention.KeepLast(1), Retention.KeepLast(2), Retention.KeepFor(TimeSpan.FromSeconds(1)), Retention.KeepLast(3, TimeSpan.FromSeconds(2))];
    private readonly FakeTimeProvider _time = new();
    private readonly JobStore _store;
    private readonly FlowProducer _flows;
    private readonly ByteSource _bytes;
    private readonly List<JobHandle> _jobs = [default];
    private readonly List<Worker> _workers = [];
    private readonly List<IDisposable> _subscriptions = [];
    private readonly List<string> _calls = [];
    private TaskCompletionSource _gate = new();
    private int _depth;
    private bool _isEnding;
    private bool _isDisposed;

    public ApiProgram(byte[] bytes)
    {
        _bytes = new ByteSource(bytes);
        _store = new JobStore(new JobStoreOptions
        {
            TimeProvider = _time,
            BudgetClock = _time,
            RandomSeed = 1,
            MaxFlowJobs = 30,
            Retention = new RetentionOptions { Completed = _bytes.Pick(s_retentions), Failed = _bytes.Pick(s_retentions) },
        });
        _flows = new FlowProducer(_store);
        _store.GetQueue("bounded", new JobQueueOptions { Capacity = 4, Lifo = _bytes.NextBool() });
        Array.ForEach(s_queues, Hire);
    }

    /// <summary>What was called, for the report of a fault.</summary>
    public IReadOnlyList<string> Calls => _calls;

    public void Run()
    {
        while (!_bytes.IsAtEnd && !_isDisposed)
        {
            Step();
            if (!_isDisposed)
            {
                IntegrityChecker.Check(_store);
            }
        }

        if (_isDisposed)
        {
            EndDisposed();
        }
        else
        {
            End();
        }
    }

    public void Dispose() => _store.Dispose();

    private void Step()
    {
        try
        {
            Call();
        }
        catch (Exception error) when (error is ArgumentException or ConveyorException || IsFromInsideAPump(error) || (_isDisposed && error is ObjectDisposedException))
        {
            _calls.Add($"  refused: {error.GetType().Name}");
        }
    }

    /// <summary>The one call that must not be made from inside.</summary>
    private bool IsFromInsideAPump(Exception error) => error is InvalidOperationException && _depth > 0;

    private void Call()
    {
        switch (_bytes.Next(30))
        {
            case 0 or 1:
                Note("add");
                Keep(Queue().Add("job", _bytes.Next(), NextOptions()));
                break;
            case 2:
                Note("try add");
                _ = Queue().TryAdd(new JobRequest<int>("job", 1) { Priority = (sbyte)_bytes.Next(), CustomId = _bytes.Pick(s_customIds) }, out JobHandle added);
                Keep(added);
                break;
            case 3:
                Note("add in bulk");
                JobRequest<string>[] requests = [.. Enumerable.Range(0, _bytes.Next(4)).Select(_ => new JobRequest<string>("bulk", "data") { Options = NextOptions() })];
                Array.ForEach(Queue().AddBulk(requests), Keep);
                break;
            case 4 or 5 or 6:
                Note("add a flow");
                Keep(_flows.Add(NextFlow(0)));
                break;
            case 7:
                Note("add flows in bulk");
                foreach (FlowResult flow in _flows.AddBulk([NextFlow(0), NextFlow(0)]))
                {
                    Keep(flow);
                }

                break;
            case 8:
                Note("add, waiting for room"); // Never in vain: who waits would go on beside this program, on a thread of the pool.
                _ = _store.GetQueue("a").AddAsync("job", 1).AsTask();
                break;
            case 9:
                Note($"cancel: {Job().Cancel(_bytes.NextBool() ? "reason" : null, _bytes.NextBool())}");
                break;
            case 10:
                Note("remove");
                Job().Remove(_bytes.NextBool());
                break;
            case 11:
                Note("retry");
                Job().Retry(_bytes.NextBool());
                break;
            case 12:
                Note("wait");
                Wait(Job().WaitUntilFinishedAsync<int>());
                break;
            case 13:
                Note("read");
                Read(Job());
                break;
            case 14:
                Note("a foreign id");
                Read(new JobHandle(_store, JobId.FromInt64(_bytes.NextInt64())));
                break;
            case 15 or 16:
                Note("pump");
                _store.Pump(_bytes.Next(8));
                break;
            case 17:
                Note("pump until");
                _store.PumpUntil(Job(), TimeSpan.Zero); // More would wait for a clock that only this program advances.
                break;
            case 18:
                Note("time goes on");
                LetPass(TimeSpan.FromMilliseconds(_bytes.Next() * 10));
                break;
            case 19:
                Note("switch a worker");
                Switch();
                break;
            case 20:
                Note("let the suspended go");
                LetGo();
                break;
            case 21:
                Note("do something to a whole queue");
                SweepQueue(Queue());
                break;
            case 22:
                Note("change a priority");
                Job().ChangePriority((sbyte)_bytes.Next(), _bytes.NextBool());
                break;
            case 23:
                Note("add, delayed");
                Keep(Queue().AddDelayed("job", _bytes.Next(), NextDelay(), NextOptions()));
                break;
            case 24:
                Note("change a delay");
                ChangeDelay(Job());
                break;
            case 25:
                Note("change a schedule");
                ChangeSchedule(Queue());
                break;
            case 26:
                Note("wait, not for ever");
                Wait(Job().WaitUntilFinishedAsync<int>(NextDelay()));
                break;
            case 27:
                Note("close a queue");
                CloseQueue(Queue());
                break;
            case 28 when _bytes.Next(8) == 0:
                Note("dispose the store");
                _isDisposed = true;
                _store.Dispose();
                break;
            default:
                Note("listen or not");
                Listen();
                break;
        }
    }

    private void SweepQueue(JobQueue queue)
    {
        switch (_bytes.Next(5))
        {
            case 0:
                queue.Drain(_bytes.NextBool());
                break;
            case 1:
                queue.Clean((JobState)_bytes.Next(10), TimeSpan.FromMilliseconds((sbyte)_bytes.Next() * 10), (sbyte)_bytes.Next());
                break;
            case 2:
                queue.RetryJobs((JobState)_bytes.Next(10));
                break;
            case 3:
                queue.PromoteJobs();
                break;
            default:
                queue.Obliterate(_bytes.NextBool());
                break;
        }
    }

    private void Note(string call) => _calls.Add($"{new string(' ', _depth * 2)}{call}");

    private JobQueue Queue() => _store.GetQueue(_bytes.Pick(s_queues));

    private JobHandle Job() => _bytes.Pick(_jobs);

    private void Keep(JobHandle job)
    {
        if (_jobs.Count < MostJobs)
        {
            _jobs.Add(job);
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

    private FlowJob NextFlow(int depth)
    {
        FlowJob job = new("node", _bytes.Pick(s_queues), _bytes.Next()) { Options = NextOptions() };
        for (int children = depth == MostDepth ? 0 : _bytes.Next(4); children > 0; children--)
        {
            job.Children.Add(NextFlow(depth + 1));
        }

        return job;
    }

    private static void Read(JobHandle job)
    {
        _ = job.State;
        _ = job.ToString();
        if (job.TryGetInfo(out JobInfo? info))
        {
            Assert.Equal(job.Id, info.Id);
            _ = info.ToString();
        }

        foreach (JobChild child in job.Children)
        {
            _ = (child.State, child.Name, child.Reason, child.Error, child.HasValue);
        }
    }

    private void Hire(string queue) =>
        _workers.Add(new Worker(_store, queue, HandleAsync, new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = 1 + _bytes.Next(3), AbandonAfter = TimeSpan.FromSeconds(_bytes.Next(3)) }));

    private void Switch()
    {
        int place = _bytes.Next(_workers.Count);
        Worker worker = _workers[place];
        switch (_bytes.Next(7))
        {
            case 0:
                worker.Pause();
                break;
            case 4:
                Queue().Pause();
                break;
            case 5:
                Queue().Resume();
                break;
            case 1:
                worker.Resume();
                break;
            case 2:
                worker.Concurrency = _bytes.Next(5);
                break;
            case 3:
                worker.CancelJobs();
                break;
            default:
                worker.Dispose();
                _workers.RemoveAt(place);
                Hire(worker.QueueName);
                break;
        }
    }

    /// <summary>From inside a handler too a worker whose time is over stalls its jobs within the call: not on a thread beside this program.</summary>
    private void LetPass(TimeSpan time)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _time.Advance(time);
        SynchronizationContext.SetSynchronizationContext(before);
    }

    private void LetGo()
    {
        TaskCompletionSource gate = _gate;
        _gate = new TaskCompletionSource();
        gate.SetResult();
    }

    private void Listen()
    {
        if (_bytes.NextBool())
        {
            _subscriptions.Add(_store.Events.Subscribe(static heard => _ = heard.Job.State, [.. Enum.GetValues<JobEventType>().Where(_ => _bytes.NextBool())]));
            return;
        }

        _subscriptions.ForEach(static subscription => subscription.Dispose());
        _subscriptions.Clear();
    }

    /// <summary>Handlers return at once from here on; nothing may be left that waits.</summary>
    private void End()
    {
        _isEnding = true;
        _workers.ForEach(static worker => worker.Resume());
        Array.ForEach(s_queues, queue => _store.GetQueue(queue).Resume());
        RemoveSchedules();
        PumpResult result;
        do
        {
            LetGo();
            result = _store.Pump();
            LetPass(result.NextDue ?? TimeSpan.Zero);
        }
        while (result.JobsRun > 0 || result.JobsSuspended > 0 || result.NextDue is not null);

        foreach (string queue in s_queues)
        {
            JobCounts counts = _store.GetQueue(queue).GetJobCounts();
            Assert.Equal((0, 0, 0, 0), (counts.WaitingChildren, counts.Delayed, counts.Waiting, counts.Active));
        }

        AwaitAllWaits();
        IntegrityChecker.Check(_store);
        Assert.Equal(_store.Engine.Dispatcher.Runs.Rented, _store.Engine.Dispatcher.Runs.Returned);
        Assert.True(_store.Engine.Table.Waiters.IsEmpty, "somebody waits for a job that has ended");
    }
}
