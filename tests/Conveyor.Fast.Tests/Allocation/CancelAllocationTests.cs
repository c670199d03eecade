using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class CancelAllocationTests
{
    [Fact]
    public void Cancel_OfAWaitingJob_AllocatesNothing() => AddAndCancel(null, AllocationGate.AssertFree);

    [Fact]
    public void Cancel_WithAReasonMadeForEachJob_IsSeen() => AddAndCancel(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Cancel_OfAFlowThatWaits_AllocatesNothing()
    {
        const int JobsPerFlow = 11;
        using PumpedStore test = new();
        test.Work("q");
        FlowJob flow = new("parent", "q") { Children = [.. Enumerable.Range(1, JobsPerFlow - 1).Select(static i => new FlowJob("child", "q"))] };
        AllocationGate.AssertFree(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound / JobsPerFlow; i++)
            {
                if (!test.Flows.Start(flow).Cancel())
                {
                    Assert.Fail("a flow that waits was not canceled");
                }
            }

            test.Pump();
        });
    }

    private static void AddAndCancel(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        test.Work("q", _ => throw new InvalidOperationException("a canceled job ran"));
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                JobHandle job = queue.Add("job");
                probe?.Invoke();
                if (!job.Cancel() || job.State != JobState.Canceled)
                {
                    Assert.Fail($"a waiting job was not canceled but is {job.State}");
                }
            }

            test.Pump();
        });
    }
}
