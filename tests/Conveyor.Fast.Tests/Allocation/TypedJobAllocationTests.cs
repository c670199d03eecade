using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

public class TypedJobAllocationTests
{
    [Fact]
    public void Worker_PayloadAndResultOfEightBytes_AllocatesNothing() => RunInline(null, AllocationGate.AssertFree);

    [Fact]
    public void Worker_PayloadOfEightBytesAndAnAllocatingHandler_IsSeen() => RunInline(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Worker_LargerPayloadAndResult_AllocatesNothing() => RunLarge(null, AllocationGate.AssertFree);

    [Fact]
    public void Worker_LargerPayloadAndAnAllocatingHandler_IsSeen() => RunLarge(AllocationGate.Allocate, AllocationGate.AssertSeen);

    [Fact]
    public void Worker_ResultBoxedByItsHandler_IsSeen()
    {
        using PumpedStore test = new();
        _ = new Worker(test.Store, "q", static job => (object)(job.GetData<int>() * 2L), new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        AllocationGate.AssertSeen(() => Check(test, queue, 21, 42L));
    }

    private static void RunInline(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        _ = new Worker<int, long>(
            test.Store,
            "q",
            (job, data) =>
            {
                probe?.Invoke();
                return data * 2L;
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        gate(() => Check(test, queue, 21, 42L));
    }

    private static void RunLarge(Action? probe, Action<Action> gate)
    {
        using PumpedStore test = new();
        _ = new Worker<Order, Invoice>(
            test.Store,
            "q",
            (job, order) =>
            {
                probe?.Invoke();
                return new Invoice(order.Number, order.Amount * 2, order.Item);
            },
            new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        gate(() => Check(test, queue, new Order(7, 1.5m, "pen"), new Invoice(7, 3m, "pen")));
    }

    private static void Check<TData, TResult>(PumpedStore test, JobQueue queue, TData data, TResult expected)
        where TResult : struct, IEquatable<TResult>
    {
        JobHandle last = default;
        for (int i = 0; i < AllocationGate.JobsPerRound; i++)
        {
            last = queue.Add("job", data);
        }

        test.Pump();
        if (!last.TryGetResult(out TResult result) || !result.Equals(expected))
        {
            Assert.Fail($"the last job's value is {result}, not {expected}");
        }
    }

    private readonly record struct Order(int Number, decimal Amount, string Item);

    private readonly record struct Invoice(int Number, decimal Total, string Item);
}
