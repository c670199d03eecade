using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>The number of one run, kept beyond its end so that a run can try to end late, as one does that was given up.</summary>
internal readonly record struct RunNumber(JobStore Store, long Value)
{
    public static RunNumber Of(Job job)
    {
        int slot = StateWord.SlotOf(job.Id.ToInt64());
        JobStore store = job.Handle.Store!;
        return new RunNumber(store, StateWord.Ticket(store.Engine.Table.Record(slot).Word, slot));
    }

    public bool TryEndAgain(JobState state) =>
        JobMoves.TryEnd(ref Store.Engine.Table.Record(StateWord.SlotOf(Value)), Value, (long)state, 0, out _, out _) != EndFate.Stale;
}
