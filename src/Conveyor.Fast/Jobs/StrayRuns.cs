using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Counts, by slot, the handlers that have not returned although their job was taken away from them. Each pins the slot by
/// <see cref="StateWord.HasStrayRun"/>: the step that takes the job away sets the flag after the run was counted, the last
/// run to return takes it off under the same lock. The caller of <see cref="Add"/> keeps its run from returning until the
/// step is taken, so the flag never stands without a run.
/// </summary>
internal sealed class StrayRuns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _runs = [];

    public void Add(int slot)
    {
        lock (_lock)
        {
            _runs[slot] = _runs.GetValueOrDefault(slot) + 1;
        }
    }

    /// <summary>A handler has returned; the caller then looks whether it was the last thing that pinned the slot.</summary>
    public void Return(int slot, ref JobRecord record)
    {
        lock (_lock)
        {
            int left = _runs[slot] - 1;
            if (left > 0)
            {
                _runs[slot] = left;
                return;
            }

            _runs.Remove(slot);
            Atomic.And(ref record.Word, ~StateWord.HasStrayRun);
        }
    }
}
