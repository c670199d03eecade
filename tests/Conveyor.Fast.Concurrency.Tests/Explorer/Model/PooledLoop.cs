using Conveyor.Fast.Concurrency.Tests.Explorer.Model;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>The loop on the thread pool as the explorer builds it: one of the scenario's threads is the pool. It ends for good, as one on a thread of its own does.</summary>
[Unwoven]
internal sealed class PooledLoop(WorkerCore worker) : WorkerLoop(worker)
{
    private int _scheduled;
    private bool _hasEnded;

    /// <summary>Runs the loop whenever it is scheduled, until nothing more can schedule it.</summary>
    public void Play(int[] isOver)
    {
        SpinWait spin = default;
        while (!_hasEnded)
        {
            bool over = Atomic.Read(ref isOver[0]) != 0; // Before the look: who says so has scheduled what it was to.
            if (Atomic.Read(ref _scheduled) != 0)
            {
                Atomic.Decrement(ref _scheduled);
                Enter();
            }
            else if (over)
            {
                return;
            }
            else
            {
                spin.SpinOnce();
            }
        }
    }

    protected override void Ended() => _hasEnded = true;

    protected override void Schedule() => Atomic.Increment(ref _scheduled);
}
