using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>What a store at rest holds: memory of the process, slots ever made, slots in use.</summary>
internal readonly record struct Footprint(long Bytes, int Slots, int UsedSlots)
{
    public static Footprint Of(JobStore store)
    {
        JobTable table = store.Engine.Table;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int slots = table.SlotLimit - JobTable.FirstUsableSlot;
        return new Footprint(GC.GetTotalMemory(forceFullCollection: true), slots, slots - table.CountFreeSlots());
    }
}
