using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class PumpedPromotionTests
{
    [Fact]
    public void Pump_LastChildReturnsAfterAnAwait_ParentRunsInTheSamePump()
    {
        using PumpedStore test = new();
        TaskCompletionSource gate = new();
        List<string> ran = [];
        _ = new Worker(
            test.Store,
            "q",
            async (job, token) =>
            {
                if (job.Name == "child")
                {
                    await gate.Task;
                }

                ran.Add(job.Name);
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        JobHandle root = test.Flows.Start(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
        Assert.Equal(1, test.Pump().JobsSuspended);
        gate.SetResult();
        test.Pump();
        Assert.Equal(["child", "parent"], ran);
        Assert.Equal(JobState.Completed, root.State);
    }
}
