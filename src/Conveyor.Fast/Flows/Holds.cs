using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// The end of a hold. Who met it left what it could not do to who lets go: a start, an eviction, or the freeing of a job
/// that its policy has removed meanwhile.
/// </summary>
internal sealed class Holds(JobTable table, Ending ending)
{
    /// <summary>Lets go of a job that the caller holds. Returns the ticket that is to be put back in front, or 0.</summary>
    public long LetGo(Stripe stripe, long id)
    {
        int slot = SlotOf(id);
        long word = JobMoves.LetGo(ref table.Record(slot));
        if (State(word) == Waiting)
        {
            return Has(word, HeldMissed) ? Ticket(word, slot) : 0;
        }

        Follow(stripe, id, word);
        return 0;
    }

    /// <summary>For a job that ended or was removed under a hold; the word is the one from which it was let go.</summary>
    public void Follow(Stripe stripe, long id, long word)
    {
        if (State(word) == Gone)
        {
            ending.FreeIfDone(stripe, SlotOf(id), id);
        }
        else if (IsEnded(word) && Has(word, HeldMissed))
        {
            stripe.Released.Add(Ticket(word, SlotOf(id)));
        }
    }
}
