using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>
/// The store's public surface while jobs run: thread 0 starts them and lets them end, both threads cancel, retry, remove
/// and look. A handler awaits its end, so its start and its end are calls of their own, and others come in between. At rest,
/// what waited must have run, and nothing more often than was asked for. Left out is what is no single step: a start that
/// finds nothing says nothing, since a retry's step comes before its ticket and a removal holds its job first; the token
/// fires after the request stands, so it is looked at only at rest; of two cancels of one run at once the reason of the
/// refused one may be kept, so none is given. Which job starts first is the channel's to say, and custom ids are
/// <see cref="StoreSpecimen"/>'s.
/// </summary>
internal sealed class WorkedStoreSpecimen : Specimen<WorkedStoreModel>
{
    public const long Refused = -1;
    private const int Jobs = 2;
    private const int HistoriesPerStore = 1000;
    private static readonly Kind[] s_ofThread0 =
        [Kind.Start, Kind.Start, Kind.Start, Kind.Complete, Kind.Complete, Kind.Fail, Kind.State, Kind.Result, Kind.Info, Kind.Cancel, Kind.Retry, Kind.Remove];

    private static readonly Kind[] s_ofThread1 =
        [Kind.State, Kind.Result, Kind.Info, Kind.Cancel, Kind.Cancel, Kind.Cancel, Kind.Retry, Kind.Retry, Kind.Retry, Kind.Remove];

    private readonly JobHandle[] _jobs = new JobHandle[Jobs];
    private readonly int[] _runs = new int[Jobs];
    private readonly TaskCompletionSource<(long Run, long Again)>?[] _underWay = new TaskCompletionSource<(long Run, long Again)>?[Jobs];
    private readonly CancellationToken[] _tokens = new CancellationToken[Jobs];
    private JobStore? _store;
    private JobQueue? _queue;
    private int _started;
    private int _histories;

    internal enum Kind
    {
        Start,
        Complete,
        Fail,
        State,
        Result,
        Info,
        Cancel,
        Retry,
        Remove,
        Token,
        Rest,
    }

    public override IReadOnlyList<Call> CallsAtRest { get; } =
        [.. from kind in new[] { Kind.Token, Kind.Rest, Kind.Result, Kind.Remove } from job in Enumerable.Range(0, Jobs) select new Call((int)kind, job)];

    /// <summary>What is read of a job at once: its state and, of a value or a failure, the run that it is of.</summary>
    public static long InfoOf(JobState state, long run) => (10 * run) + (long)state;

    public override WorkedStoreModel Begin(Random random)
    {
        if (_histories++ % HistoriesPerStore == 0)
        {
            _store?.Dispose();
            _store = new JobStore(new JobStoreOptions { TimeProvider = new FakeTimeProvider(), RandomSeed = 1 });
            _queue = _store.GetQueue("q");
            _ = new Worker<int, (long, long)>(_store, "q", RunAsync, new WorkerOptions { Mode = WorkerMode.Pumped, Concurrency = Jobs });
        }

        WorkedStoreModel model = default;
        for (int i = 0; i < Jobs; i++)
        {
            _jobs[i] = _queue!.Add("job", i);
            _runs[i] = 0;
            model = model.With(i, new WorkedJob(JobState.Waiting, false, 0));
        }

        for (int i = random.Next(Jobs + 1); i > 0; i--)
        {
            Call start = new((int)Kind.Start, 0);
            start.Answer = Perform(start, 0);
            TryApply(model, start, out model);
        }

        return model;
    }

    public override Call Choose(Random random, int thread)
    {
        Kind[] kinds = thread == 0 ? s_ofThread0 : s_ofThread1;
        return new Call((int)kinds[random.Next(kinds.Length)], random.Next(Jobs));
    }

    public override long Perform(Call call, int thread)
    {
        int i = call.Argument;
        JobHandle job = _jobs[i];
        switch ((Kind)call.Kind)
        {
            case Kind.Start:
                return Start();
            case Kind.Complete:
                return Complete(i);
            case Kind.Fail:
                return End(i, static (handler, run) => handler.SetException(new InvalidOperationException($"{run}")));
            case Kind.State:
                return (long)job.State;
            case Kind.Result:
                return job.TryGetResult(out (long Run, long Again) value) ? WholeRun(value) : 0;
            case Kind.Info:
                return job.TryGetInfo(out JobInfo? info) ? InfoOf(info.State, RunOf(info)) : 0;
            case Kind.Cancel:
                return Ask(job, static job => job.Cancel());
            case Kind.Retry:
                return Ask(job, static job =>
                {
                    job.Retry(includeCompleted: true);
                    return true;
                });
            case Kind.Remove:
                return Ask(job, static job => job.Remove());
            case Kind.Token:
                return _underWay[i] is not null && _tokens[i].IsCancellationRequested ? 1 : 0;
            default:
                return Rest(i);
        }
    }

    public override bool TryApply(WorkedStoreModel model, in Call call, out WorkedStoreModel after)
    {
        bool isStart = call.Kind == (int)Kind.Start;
        if (isStart && call.Answer == 0)
        {
            after = model;
            return true;
        }

        int i = isStart ? (int)(call.Answer % Jobs) : call.Argument;
        (long answer, WorkedJob job) = model[i].Do((Kind)call.Kind);
        after = model.With(i, job);
        return answer == (isStart ? call.Answer / Jobs : call.Answer);
    }

    private static long Ask(JobHandle job, Func<JobHandle, bool> what)
    {
        try
        {
            return what(job) ? 1 : 0;
        }
        catch (InvalidJobStateException)
        {
            return Refused;
        }
        catch (JobNotFoundException)
        {
            return 0;
        }
    }

    private static long RunOf(JobInfo info) => info switch
    {
        { Value: (long, long) and var value } => WholeRun(((long, long))value),
        { State: JobState.Failed, Error: { } error } => long.Parse(error.Message),
        _ => 0,
    };

    /// <summary>A value is larger than what is stored at once; half of one is no run's.</summary>
    private static long WholeRun((long Run, long Again) value) => value.Run == value.Again ? value.Run : Refused;

    /// <summary>Answers with the job and its run; 0 if none was started.</summary>
    private long Start()
    {
        _started = Jobs;
        _store!.Pump(1);
        return _started == Jobs ? 0 : (Jobs * _runs[_started]) + _started;
    }

    private ValueTask<(long Run, long Again)> RunAsync(Job job, int i, CancellationToken token)
    {
        _started = i;
        _runs[i]++;
        _tokens[i] = token;
        TaskCompletionSource<(long Run, long Again)> handler = new();
        _underWay[i] = handler;
        return new ValueTask<(long Run, long Again)>(handler.Task);
    }

    private long Complete(int i) => End(i, static (handler, run) => handler.SetResult((run, run)));

    /// <summary>Answers with the run that has ended; 0 if none was under way.</summary>
    private long End(int i, Action<TaskCompletionSource<(long Run, long Again)>, long> how)
    {
        if (_underWay[i] is not { } handler)
        {
            return 0;
        }

        _underWay[i] = null;
        how(handler, _runs[i]);
        _store!.Pump(0); // The handler goes on,
        _store.Pump(0); // and then its loop.
        return _runs[i];
    }

    /// <summary>Runs all that is there to its end.</summary>
    private long Rest(int i)
    {
        do
        {
            for (int job = 0; job < Jobs; job++)
            {
                Complete(job);
            }
        }
        while (Start() != 0);
        return (long)_jobs[i].State;
    }
}
