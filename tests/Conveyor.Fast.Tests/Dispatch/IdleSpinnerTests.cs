using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Execution;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class IdleSpinnerTests
{
    /// <summary>Its worker's limit was lowered: it may not take what it would find.</summary>
    [Theory]
    [InlineData(WaitStrategy.Spin)]
    [InlineData(WaitStrategy.Yield)]
    public async Task Wait_OfALoopThatHasNoPlaceAnyMore_Ends(WaitStrategy strategy)
    {
        using JobStore store = new();
        Engine engine = store.Engine;
        WorkerOptions options = new() { Mode = WorkerMode.Pumped, Concurrency = 2 };
        WorkerCore core = engine.MakeWorker("q", new SynchronousHandler(static _ => null), new JobEvents(engine.Hub), options, "worker");
        core.Start();
        WorkerLoop last = core.Loops[1];
        core.Concurrency = 1;
        Task<bool> waiting = Task.Run(() => new IdleSpinner(strategy).Wait(core.Queue.Ready, last), TestContext.Current.CancellationToken);
        try
        {
            Assert.False(await waiting.Within());
        }
        finally
        {
            core.Close();
        }
    }
}
