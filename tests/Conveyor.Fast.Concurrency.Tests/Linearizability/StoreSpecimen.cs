using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>
/// The store's public surface on jobs of their own: adds by custom id, look-ups, states, cancel, remove and retry by
/// hand. What goes over several jobs is promised step by step only; and so is a removal, which takes the job away first
/// and gives its custom id free after it, so one history has adds or removals, not both.
/// </summary>
internal sealed class StoreSpecimen : Specimen<StoreModel>
{
    private const int HistoriesPerStore = 1000;
    private static readonly string[] s_ids = ["x", "y"];
    private readonly JobHandle[] _jobs = new JobHandle[2];
    private JobStore? _store;
    private JobQueue? _queue;
    private int _histories;
    private bool _adds;

    internal enum Kind
    {
        Add,
        Find,
        State,
        Cancel,
        Retry,
        Remove,
    }

    public override StoreModel Begin(Random random)
    {
        if (_histories++ % HistoriesPerStore == 0)
        {
            _store?.Dispose();
            _store = new JobStore(new JobStoreOptions { TimeProvider = new FakeTimeProvider(), RandomSeed = 1 });
            _queue = _store.GetQueue("q");
        }

        _adds = random.Next(2) == 0;
        StoreModel model = new(0, 0, JobState.None, JobState.None);
        for (int i = 0; i < s_ids.Length; i++)
        {
            if (_queue!.TryGetJob(s_ids[i], out JobHandle left))
            {
                left.Remove();
            }

            _jobs[i] = default;
            if (_adds && random.Next(2) == 0)
            {
                continue;
            }

            _jobs[i] = _queue.Add("job", new JobOptions { CustomId = s_ids[i] });
            model = model.With(i, _jobs[i].Id.ToInt64(), JobState.Waiting);
        }

        return model;
    }

    public override Call Choose(Random random, int thread) =>
        new(random.Next(5) is var kind and not 0 ? kind : (int)(_adds ? Kind.Add : Kind.Remove), random.Next(s_ids.Length));

    public override long Perform(Call call, int thread)
    {
        JobHandle job = _jobs[call.Argument];
        string id = s_ids[call.Argument];
        switch ((Kind)call.Kind)
        {
            case Kind.Add:
                return _queue!.Add("job", new JobOptions { CustomId = id }).Id.ToInt64();
            case Kind.Find:
                return _queue!.TryGetJob(id, out JobHandle found) ? found.Id.ToInt64() : 0;
            case Kind.State:
                return (long)job.State;
            case Kind.Cancel:
                return job.Cancel() ? 1 : 0;
            case Kind.Remove:
                return job.Remove() ? 1 : 0;
            default:
                return Retry(job);
        }
    }

    public override bool TryApply(StoreModel model, in Call call, out StoreModel after)
    {
        int i = call.Argument;
        (long id, JobState state) = model[i];
        bool isFirst = id != 0 && id == _jobs[i].Id.ToInt64(); // The handles are those of the first jobs; they never reach a later one.
        JobState first = isFirst ? state : JobState.None;
        after = model;
        switch ((Kind)call.Kind)
        {
            case Kind.Add:
                after = id == 0 ? model.With(i, call.Answer, JobState.Waiting) : model;
                return id == 0 ? call.Answer != _jobs[i].Id.ToInt64() : call.Answer == id;
            case Kind.Find:
                return call.Answer == id;
            case Kind.State:
                return call.Answer == (long)first;
            case Kind.Cancel:
                after = first == JobState.Waiting ? model.With(i, id, JobState.Canceled) : model;
                return call.Answer == (first == JobState.Waiting ? 1 : 0);
            case Kind.Remove:
                after = first != JobState.None ? model.With(i, 0, JobState.None) : model;
                return call.Answer == (first != JobState.None ? 1 : 0);
            default:
                after = first == JobState.Canceled ? model.With(i, id, JobState.Waiting) : model;
                return call.Answer == (first == JobState.Canceled ? 1 : first == JobState.None ? -1 : 0);
        }
    }

    private static long Retry(JobHandle job)
    {
        try
        {
            job.Retry();
            return 1;
        }
        catch (InvalidJobStateException)
        {
            return 0;
        }
        catch (JobNotFoundException)
        {
            return -1;
        }
    }
}
