using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>What a loop does between finding nothing and parking. Never more loops of a process spin than it has spare cores.</summary>
internal sealed class IdleSpinner(WaitStrategy strategy)
{
    private const int DefaultSpins = 60;
    private const int YieldAfter = 40;
    private static readonly int s_maxSpinners = Math.Max(1, Environment.ProcessorCount - 1);
    private static int s_spinners;

    /// <summary>True once there is something to take; false when it is time to park.</summary>
    public bool Wait(ReadyChannel channel, WorkerLoop loop)
    {
        if (strategy == WaitStrategy.Park)
        {
            return false;
        }

        if (Atomic.Increment(ref s_spinners) > s_maxSpinners)
        {
            Atomic.Decrement(ref s_spinners);
            return !channel.IsEmpty;
        }

        channel.Parked.BeginSearch(); // HB-12
        try
        {
            for (int spins = 0; strategy != WaitStrategy.Default || spins < DefaultSpins; spins++)
            {
                if (!channel.IsEmpty)
                {
                    return true;
                }

                if (!loop.Worker.MayTake || !loop.HasPlace)
                {
                    return false;
                }

                if (strategy == WaitStrategy.Spin || (strategy == WaitStrategy.Default && spins < YieldAfter))
                {
                    Thread.SpinWait(20);
                }
                else
                {
                    Thread.Yield();
                }
            }

            return false;
        }
        finally
        {
            channel.Parked.EndSearch();
            Atomic.Decrement(ref s_spinners);
        }
    }
}
