using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>A bulk of two jobs and who looks for them: nobody finds one without the other. The model is whether they are there.</summary>
internal sealed class BulkSpecimen : Specimen<bool>
{
    private const int Add = 0;
    private const int Find = 1;
    private const int HistoriesPerStore = 1000;
    private readonly string[] _ids = new string[2];
    private JobStore? _store;
    private JobQueue? _queue;
    private int _histories;

    public override bool Begin(Random random)
    {
        if (_histories++ % HistoriesPerStore == 0)
        {
            _store?.Dispose();
            _store = new JobStore(new JobStoreOptions { TimeProvider = new FakeTimeProvider(), RandomSeed = 1 });
            _queue = _store.GetQueue("q");
        }

        _ids[0] = $"x{_histories}";
        _ids[1] = $"y{_histories}";
        return false;
    }

    public override Call Choose(Random random, int thread) => new(thread == 0 && random.Next(3) == 0 ? Add : Find, random.Next(2));

    public override long Perform(Call call, int thread)
    {
        if (call.Kind == Find)
        {
            return _queue!.TryGetJob(_ids[call.Argument], out _) ? 1 : 0;
        }

        _queue!.AddBulk([new JobRequest<int>("job", 1) { CustomId = _ids[0] }, new JobRequest<int>("job", 2) { CustomId = _ids[1] }]);
        return 0;
    }

    public override bool TryApply(bool model, in Call call, out bool after)
    {
        after = model || call.Kind == Add;
        return call.Kind == Add || call.Answer == (model ? 1 : 0);
    }
}
