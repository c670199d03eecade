using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class PlainJobAllocationTests
{
    [Fact]
    public void Add_AndRun_AllocatesNothing() => AddAndRun(null, AllocationGate.AssertFree);

    [Fact]
    public void Add_AndRunByAnAllocatingHandler_IsSeen() => AddAndRun(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Add_OneAndRunIt_AllocatesNothing() => AddOneAndRunIt(null, AllocationGate.AssertFree);

    [Fact]
    public void Add_OneAndRunItByAnAllocatingHandler_IsSeen() => AddOneAndRunIt(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Add_ByRequestWithAPriority_AllocatesNothing() => AddByRequest(null, AllocationGate.AssertFree);

    [Fact]
    public void Add_ByRequestToAnAllocatingHandler_IsSeen() => AddByRequest(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void AddBulk_IntoSpansAndRun_AllocatesNothing() => AddBulkAndRun(null, AllocationGate.AssertFree);

    [Fact]
    public void AddBulk_IntoSpansAndRunByAnAllocatingHandler_IsSeen() => AddBulkAndRun(AllocationGate.Allocate, AllocationGate.AssertSeen);

    private static void AddAndRun(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        Serve(test, probe);
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                queue.Add("job");
            }

            if (test.Pump().JobsRun != AllocationGate.JobsPerRound)
            {
                Assert.Fail("not all jobs ran");
            }
        });
    }

    private static void AddOneAndRunIt(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        Serve(test, probe);
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                queue.Add("job");
                test.Pump();
            }
        });
    }

    private static void AddByRequest(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        Serve(test, probe);
        JobQueue queue = test.Queue("q");
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                queue.Add(new JobRequest<int>("job", i) { Priority = i % 20 - 5 });
                if (i % 100 == 99)
                {
                    test.Pump();
                }
            }
        });
    }

    private static void AddBulkAndRun(Action? probe, Action<Action> gate)
    {
        const int Size = 100;
        using PumpedStore test = new();
        Serve(test, probe);
        JobQueue queue = test.Queue("q");
        JobRequest<int>[] requests = [.. Enumerable.Range(0, Size).Select(static i => new JobRequest<int>("job", i))];
        JobHandle[] handles = new JobHandle[Size];
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound / Size; i++)
            {
                queue.AddBulk<int>(requests, handles);
            }

            test.Pump();
        });
    }

    private static void Serve(PumpedStore test, Action? probe) => _ = new Worker(
        test.Store,
        "q",
        job =>
        {
            probe?.Invoke();
            return null;
        },
        new WorkerOptions { Mode = WorkerMode.Pumped });
}
