using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Tests.Support;

/// <summary>What a store holds that a refused call must not change: jobs, custom ids, room, slots, and the events heard since.</summary>
internal sealed class StoreTraces : IDisposable
{
    private readonly JobStore _store;
    private readonly string _before;
    private readonly List<JobEvent> _heard = [];
    private readonly IDisposable _subscription;

    public StoreTraces(JobStore store)
    {
        _store = store;
        _subscription = store.Events.Subscribe(_heard.Add);
        _before = Describe();
    }

    public void AssertNone()
    {
        Assert.Equal(_before, Describe());
        Assert.Empty(_heard);
    }

    public void Dispose() => _subscription.Dispose();

    private string Describe()
    {
        JobTable table = _store.Engine.Table;
        IEnumerable<string> queues = table.Ledgers.ToArray()
            .Select(ledger => (ledger.Name, Counts: JobQueue.CountsOf(_store.Engine, ledger.Number), Ids: ledger.CustomIdCount, Taken: ledger.Room?.Taken ?? 0))
            .Where(static queue => queue.Counts.Total + queue.Ids + queue.Taken != 0)
            .Select(static queue => $"{queue.Name}: {queue.Counts}, {queue.Ids} custom ids, {queue.Taken} places taken");
        int slots = Enumerable.Range(JobTable.FirstUsableSlot, table.SlotLimit - JobTable.FirstUsableSlot).Count(table.IsSlot);
        return string.Join('\n', [.. queues, $"{slots - table.CountFreeSlots()} slots used, {table.Flows.PublishedCount} flows"]);
    }
}
