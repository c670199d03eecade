namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A job is removed and its slot goes to the next one, while somebody uses the handle of the first: that reaches the first
/// job or nobody.
/// </summary>
internal sealed class StaleIdRun : PairRun
{
    private readonly RaceStore _store = new();
    private readonly JobQueue _queue;
    private readonly JobHandle[] _first = new JobHandle[Batch];
    private readonly JobHandle[] _second = new JobHandle[Batch];
    private readonly bool[] _wasRemovedByA = new bool[Batch];
    private readonly bool[] _wasRemovedByB = new bool[Batch];
    private readonly string?[] _faults = new string?[Batch];
    private long _reused;

    public StaleIdRun() => _queue = _store.Store.GetQueue("races");

    public override IReadOnlyList<(long Count, string What)> Seen => [(_reused, "slots used again at once")];

    public override void Dispose() => _store.Dispose();

    public override void Prepare(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            _first[trial] = _queue.Add("first", trial);
        }
    }

    public override void DoA(int trial)
    {
        _wasRemovedByA[trial] = _first[trial].Remove();
        _second[trial] = _queue.Add("second", -1);
    }

    public override void DoB(int trial)
    {
        JobHandle stale = _first[trial];
        _wasRemovedByB[trial] = trial % 4 == 2 && stale.Remove();
        _faults[trial] = (trial % 4) switch
        {
            0 => stale.TryGetInfo(out JobInfo? info) && (info.Id != stale.Id || !trial.Equals(info.Data)) ? $"reads as {info}" : null,
            1 => stale.Cancel() && stale.State is not (JobState.Canceled or JobState.None) ? $"was canceled and is {stale.State}" : null,
            _ => stale.State is var state && state is not (JobState.Waiting or JobState.None) ? $"is {state}" : null,
        };
    }

    public override int Look(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            JobHandle second = _second[trial];
            _reused += Jobs.StateWord.SlotOf(second.Id.ToInt64()) == Jobs.StateWord.SlotOf(_first[trial].Id.ToInt64()) ? 1 : 0;
            Assert.True(
                _faults[trial] is null && _wasRemovedByA[trial] != _wasRemovedByB[trial] && _first[trial].State == JobState.None && second.State == JobState.Waiting && second.GetInfo() is { Data: -1 },
                $"the first job {_faults[trial]}, was removed by {(_wasRemovedByA[trial] ? "A" : "")}{(_wasRemovedByB[trial] ? "B" : "")}, is {_first[trial].State}, the second {second.State}");
            second.Remove();
        }

        _store.CheckEmpty();
        return 0;
    }
}
