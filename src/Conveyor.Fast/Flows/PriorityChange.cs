using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// Gives a job another priority. The hold pins the slot and keeps the job from starting while the number is written; the
/// exchange that lets go kills every ticket under which the old number may lie in a queue.
/// </summary>
internal sealed class PriorityChange(JobTable table, Ending ending)
{
    private readonly Holds _holds = new(table, ending);

    /// <summary>
    /// Returns the state the job was found in: it has the priority now if that is Waiting, Delayed or WaitingChildren. If
    /// it waits, the new ticket is to be put out.
    /// </summary>
    public JobState Change(Stripe stripe, long id, int priority, out long ticket, out long word)
    {
        int slot = SlotOf(id);
        ref JobRecord record = ref table.Record(slot);
        ticket = 0;
        lock (table.Structure)
        {
            JobState state;
            do
            {
                word = JobMoves.Settled(ref record, id);
                state = Atomic.Read(ref record.Id) == id ? Visible(word) : JobState.None;
                if (state is not (JobState.WaitingChildren or JobState.Delayed or JobState.Waiting))
                {
                    return state;
                }
            }
            while (!JobMoves.TryHoldFrom(ref record, word));

            Atomic.Write(ref record.Priority, priority);
            long seen;
            do
            {
                seen = Atomic.Read(ref record.Word);
            }
            while (!JobMoves.TryLetGoReordered(ref record, seen, out word));

            if (State(word) == Waiting)
            {
                ticket = Ticket(word, slot);
            }
            else
            {
                _holds.Follow(stripe, id, seen);
            }

            return state;
        }
    }
}
