using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's spin as the explorer builds it: the thread goes on once somebody else has changed something.</summary>
[Unwoven]
internal struct SpinWait
{
    public void SpinOnce(int sleep1Threshold = 20)
    {
        _ = sleep1Threshold; // The model never sleeps.
        Thread.Spin(StepKind.Yield);
    }
}
