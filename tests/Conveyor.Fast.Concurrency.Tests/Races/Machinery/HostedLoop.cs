using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>A worker loop that runs when a test says so, on the test's thread.</summary>
internal sealed class HostedLoop(WorkerCore worker) : WorkerLoop(worker)
{
    private int _isScheduled;

    /// <summary>Runs the loop until it parks, if it was woken.</summary>
    public bool RunIfScheduled()
    {
        if (Interlocked.Exchange(ref _isScheduled, 0) == 0)
        {
            return false;
        }

        Enter();
        return true;
    }

    protected override void Schedule() => Interlocked.Exchange(ref _isScheduled, 1);
}
