using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class IdleWatchTests
{
    /// <summary>A chain that climbs has at every moment a job that is ready or runs.</summary>
    [Fact]
    public async Task WaitUntilIdle_WhileAChainClimbsFromQueueToQueue_DoesNotEndBeforeTheRootHas()
    {
        const int Rounds = 10;
        const int Levels = 20_000;
        int early = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using JobStore store = new();
            using Worker even = new(store, "even", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
            using Worker odd = new(store, "odd", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
            FlowJob flow = new("level", "even");
            for (int level = 1; level < Levels; level++)
            {
                flow = new FlowJob("level", level % 2 == 0 ? "even" : "odd") { Children = [flow] };
            }

            JobHandle root = new FlowProducer(store).Start(flow);
            Task<PumpResult> pumping = Task.Run(store.Pump, TestContext.Current.CancellationToken);
            while (!root.IsFinished && !pumping.IsFaulted)
            {
                early += store.WaitUntilIdleAsync(TestContext.Current.CancellationToken).IsCompleted && !root.IsFinished ? 1 : 0;
            }

            await pumping.Within();
        }

        Assert.Equal(0, early);
    }

    /// <summary>The wait has found the store open and goes on when it is disposed.</summary>
    [Fact]
    public async Task WaitForIdle_ThatMeetsTheDisposal_EndsWithIt()
    {
        JobStore store = new();
        store.GetQueue("q").Add("job");
        IdleWatch idle = store.Engine.Dispatcher.Idle;
        store.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => idle.WaitAsync().Within());
    }
}
