using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class WaitAllocationTests
{
    [Fact]
    public void RunAsync_OfAJob_AllocatesNothing() => Run(null, AllocationGate.AssertFree, CancellationToken.None);

    [Fact]
    public void RunAsync_OfAJobThatAllocates_IsSeen() => Run(AllocationGate.Allocate, AllocationGate.AssertSeen, CancellationToken.None);

    [Fact]
    public void RunAsync_WithAToken_AllocatesNothing()
    {
        using CancellationTokenSource source = new();
        Run(null, AllocationGate.AssertFree, source.Token);
    }

    [Fact]
    public void WaitUntilFinishedAsync_ForAWaitingJob_AllocatesNothing() => Wait(null, AllocationGate.AssertFree);

    [Fact]
    public void WaitUntilFinishedAsync_ForAJobThatAllocates_IsSeen() => Wait(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void RunAsync_OfAFlow_AllocatesNothing()
    {
        const int JobsPerFlow = 11;
        using PumpedStore test = new();
        test.Work("q", static job => job.Name);
        FlowJob flow = new("parent", "q") { Children = [.. Enumerable.Range(1, JobsPerFlow - 1).Select(static i => new FlowJob("child", "q"))] };
        List<ValueTask<string>> waits = new(AllocationGate.JobsPerRound);
        AllocationGate.AssertFree(() =>
        {
            test.Ran.Clear();
            for (int i = 0; i < AllocationGate.JobsPerRound / JobsPerFlow; i++)
            {
                waits.Add(test.Flows.RunAsync<string>(flow));
            }

            test.Pump();
            Read(waits, "parent");
        });
    }

    private static void Run(Action? probe, Action<Action> gate, CancellationToken token)
    {
        using PumpedStore test = Store(probe);
        JobQueue queue = test.Queue("q");
        List<ValueTask<long>> waits = new(AllocationGate.JobsPerRound);
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                waits.Add(queue.RunAsync<int, long>("job", 21, null, token));
            }

            test.Pump();
            Read(waits, 42L);
        });
    }

    private static void Wait(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = Store(probe);
        JobQueue queue = test.Queue("q");
        List<ValueTask<long>> waits = new(AllocationGate.JobsPerRound);
        List<ValueTask> ends = new(AllocationGate.JobsPerRound);
        gate(() =>
        {
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                JobHandle job = queue.Add("job", 21);
                waits.Add(job.WaitUntilFinishedAsync<long>());
                ends.Add(job.WaitUntilFinishedAsync());
            }

            test.Pump();
            Read(waits, 42L);
            foreach (ValueTask end in ends)
            {
                end.GetAwaiter().GetResult();
            }

            ends.Clear();
        });
    }

    private static PumpedStore Store(Action? probe)
    {
        PumpedStore test = new();
        _ = new Worker<int, long>(
            test.Store,
            "q",
            (_, data) =>
            {
                probe?.Invoke();
                return data * 2L;
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        return test;
    }

    private static void Read<T>(List<ValueTask<T>> waits, T expected)
        where T : IEquatable<T>
    {
        foreach (ValueTask<T> wait in waits)
        {
            if (wait.GetAwaiter().GetResult() is var value && !value.Equals(expected))
            {
                Assert.Fail($"a value is {value}, not {expected}");
            }
        }

        waits.Clear();
    }
}
