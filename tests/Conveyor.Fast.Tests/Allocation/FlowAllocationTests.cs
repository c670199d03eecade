using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class FlowAllocationTests
{
    private const int JobsPerFlow = 11;
    private const int FlowsPerRound = AllocationGate.JobsPerRound / JobsPerFlow + 1;
    private const long MostBytesOfResults = 24L * FlowsPerRound * JobsPerFlow;

    [Fact]
    public void Start_AndRunAFlowOfElevenJobs_AllocatesNothing() => StartAndRun(null, AllocationGate.AssertFree);

    [Fact]
    public void Start_AndRunByAnAllocatingHandler_IsSeen() => StartAndRun(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Start_OneFlowAtATime_AllocatesNothing() => StartOneAtATime(null, AllocationGate.AssertFree);

    [Fact]
    public void Start_OneFlowAtATimeByAnAllocatingHandler_IsSeen() => StartOneAtATime(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Add_AndRunAFlow_AllocatesAtMost24BytesAJobForItsResult() => Assert.InRange(AddAndRun(null), 1, MostBytesOfResults);

    [Fact]
    public void Add_AndRunByAnAllocatingHandler_IsSeen() =>
        Assert.InRange(AddAndRun(AllocationGate.Allocate), MostBytesOfResults + 1, long.MaxValue);

    private static long AddAndRun(Action? probe)
    {
        using PumpedStore test = new();
        FlowJob flow = Serve(test, probe);
        return AllocationGate.BytesPerRound(() =>
        {
            for (int i = 0; i < FlowsPerRound; i++)
            {
                test.Flows.Add(flow);
            }

            test.Pump();
        });
    }

    private static void StartAndRun(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        FlowJob flow = Serve(test, probe);
        gate(() =>
        {
            for (int i = 0; i < FlowsPerRound; i++)
            {
                test.Flows.Start(flow);
            }

            test.Pump();
        });
    }

    private static void StartOneAtATime(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        FlowJob flow = Serve(test, probe);
        gate(() =>
        {
            for (int i = 0; i < FlowsPerRound; i++)
            {
                JobHandle root = test.Flows.Start(flow);
                test.Pump();
                if (root.State != JobState.Completed)
                {
                    Assert.Fail($"the root is {root.State}");
                }
            }
        });
    }

    private static FlowJob Serve(PumpedStore test, Action? probe)
    {
        _ = new Worker(
            test.Store,
            "q",
            job =>
            {
                probe?.Invoke();
                return null;
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        return new FlowJob("parent", "q") { Children = [.. Enumerable.Range(1, JobsPerFlow - 1).Select(static i => new FlowJob("child", "q"))] };
    }
}
