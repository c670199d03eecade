using System.Runtime.CompilerServices;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The transitions: each is one compare-exchange on the whole word, and whoever wins it owns what follows. The mark is
/// <see cref="Announcing"/> while somebody listens, else 0. A terminal step that is announced, or whose outcome is written
/// after it, leaves out <see cref="Recorded"/>: until the winner sets it nobody else moves or frees the job.
/// </summary>
internal static class JobMoves
{
    /// <summary>Waiting to Active, by ticket. The new word carries the run's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BeginFate TryBegin(ref JobRecord record, long ticket, long mark, out long word)
    {
        long seen = Atomic.Read(ref record.Word);
        while (true)
        {
            if (!Stands(seen, ticket, Waiting))
            {
                word = seen;
                return BeginFate.Dead;
            }

            if (Has(seen, Held))
            {
                if (TryMissHeld(ref record, ref seen))
                {
                    word = seen;
                    return BeginFate.Held;
                }

                continue;
            }

            word = Advance(seen, Active) | mark;
            long before = Atomic.CompareExchange(ref record.Word, word, seen);
            if (before == seen)
            {
                return BeginFate.Started;
            }

            seen = before;
        }
    }

    /// <summary>
    /// Active to Completed, Failed or Canceled, by the run's owner. Takes the edge to the parent with it. A bad end is recorded
    /// only once that parent has heard of it: who sees the end may retry both, and the new life is not for this end to decide.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EndFate TryEnd(ref JobRecord record, long run, long state, long mark, out long old, out long word)
    {
        old = Atomic.Read(ref record.Word);
        while (true)
        {
            if (!Stands(old, run, Active))
            {
                word = old;
                return EndFate.Stale;
            }

            if (Has(old, CancelRequested) && state != Canceled)
            {
                word = old;
                return EndFate.CancelWins;
            }

            word = Ended(old, state) | mark;
            if (!Has(word, NeedsConclusion) && (state == Completed || (old & (HasParent | EdgeSettled)) != HasParent))
            {
                word |= Recorded;
            }

            long before = Atomic.CompareExchange(ref record.Word, word, old);
            if (before == old)
            {
                return EndFate.Won;
            }

            old = before;
        }
    }

    /// <summary>Active to Waiting or Delayed, by the run's owner, for the next attempt.</summary>
    public static EndFate TryRequeue(ref JobRecord record, long run, long state, long mark, out long word)
    {
        long seen = Atomic.Read(ref record.Word);
        while (true)
        {
            word = seen;
            if (!Stands(seen, run, Active))
            {
                return EndFate.Stale;
            }

            if (Has(seen, CancelRequested))
            {
                return EndFate.CancelWins;
            }

            word = Advance(seen, state) | mark;
            long before = Atomic.CompareExchange(ref record.Word, word, seen);
            if (before == seen)
            {
                return EndFate.Won;
            }

            seen = before;
        }
    }

    /// <summary>WaitingChildren to Waiting, or to Delayed by the parent's own delay, from exactly the stay that was seen.</summary>
    public static bool TryPromote(ref JobRecord record, long seen, long mark, out long word)
    {
        word = Advance(seen, record.OwnDelay == 0 ? Waiting : Delayed) | mark;
        return Atomic.CompareExchange(ref record.Word, word, seen) == seen;
    }

    /// <summary>Delayed to Waiting, by the ticket of the delay.</summary>
    public static bool TryFallDue(ref JobRecord record, long ticket, long mark, out long word)
    {
        long seen = Atomic.Read(ref record.Word);
        while (true)
        {
            word = Advance(seen, Waiting) | mark;
            if (!Stands(seen, ticket, Delayed))
            {
                return false;
            }

            long before = Atomic.CompareExchange(ref record.Word, word, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }
    }

    /// <summary>Delayed to Delayed, for another due time: the ticket of the old one is dead. Tells nobody.</summary>
    public static bool TryDelayAnew(ref JobRecord record, long seen, out long word)
    {
        word = Advance(seen, Delayed);
        return Atomic.CompareExchange(ref record.Word, word, seen) == seen;
    }

    /// <summary>WaitingChildren to Failed or Gone, by the parent's policy; the outcome is recorded after it.</summary>
    public static bool TryEndByPolicy(ref JobRecord record, long state, long mark, out long old, out long word)
    {
        old = Atomic.Read(ref record.Word);
        while (true)
        {
            word = Ended(old, state) | FailedByChild | mark;
            if (State(old) != WaitingChildren)
            {
                return false;
            }

            long before = Atomic.CompareExchange(ref record.Word, word, old);
            if (before == old)
            {
                return true;
            }

            old = before;
        }
    }

    /// <summary>WaitingChildren, Delayed or Waiting to Canceled; the outcome is recorded after it.</summary>
    public static bool TryCancel(ref JobRecord record, long id, long mark, out long old, out long word)
    {
        while (true)
        {
            old = Atomic.Read(ref record.Word);
            word = Ended(old, Canceled) | mark;
            if (Atomic.Read(ref record.Id) != id || State(old) is not (WaitingChildren or Delayed or Waiting))
            {
                return false;
            }

            if (Atomic.CompareExchange(ref record.Word, word, old) == old)
            {
                return true;
            }
        }
    }

    /// <summary>Leaves a cancel request on an active job: the run's owner finds it at the end of the run. True if it is the first.</summary>
    public static bool TryRequestCancel(ref JobRecord record, long run)
    {
        long seen = Atomic.Read(ref record.Word);
        while (Stands(seen, run, Active) && !Has(seen, CancelRequested))
        {
            long before = Atomic.CompareExchange(ref record.Word, seen | CancelRequested, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Any state but Active to removed: Gone if it had not ended, else hidden with its outcome. Needs what is seen to be recorded. Ends a hold.</summary>
    public static bool TryRemove(ref JobRecord record, long seen, long mark, out long word)
    {
        long free = seen & ~(Held | HeldMissed);
        word = IsEnded(seen)
            ? Advance(free & ~Recorded, State(seen)) | Hidden | mark
            : Ended(free, Gone) | mark;
        return Atomic.CompareExchange(ref record.Word, word, seen) == seen;
    }

    /// <summary>Before a new life: of an ended job that the caller holds nobody reads what is about to be written anew.</summary>
    public static void Unrecord(ref JobRecord record) => Atomic.And(ref record.Word, ~Recorded);

    /// <summary>Failed, Canceled or Completed to Waiting or WaitingChildren: a new life. The caller holds the job.</summary>
    public static bool TryRevive(ref JobRecord record, long seen, long state, long mark, out long word)
    {
        word = Advance(seen & ~(Recorded | CancelRequested | FailedByChild), state) | mark;
        return Atomic.CompareExchange(ref record.Word, word, seen) == seen;
    }

    /// <summary>Gives the slot back: removed, no edge open, no parent reading, no announcement under way.</summary>
    public static bool TryFree(ref JobRecord record, long seen) =>
        Atomic.CompareExchange(ref record.Word, (seen & StepMask) + OneStep, seen) == seen;

    /// <summary>Active to Gone, by run number, whoever ends the run: nothing of an outcome is written. The handler's run was counted before and pins the slot.</summary>
    public static bool TryRemoveRunning(ref JobRecord record, long run, long mark, out long old, out long word)
    {
        old = Atomic.Read(ref record.Word);
        word = 0;
        while (Stands(old, run, Active))
        {
            word = Ended(old, Gone) | HasStrayRun | mark;
            long before = Atomic.CompareExchange(ref record.Word, word, old);
            if (before == old)
            {
                return true;
            }

            old = before;
        }

        return false;
    }

    /// <summary>Keeps a job from starting and from being evicted; false if it is active or gone.</summary>
    public static bool TryHold(ref JobRecord record, long id, out long word)
    {
        while (true)
        {
            long seen = Settled(ref record, id);
            word = seen;
            if (Atomic.Read(ref record.Id) != id || State(seen) is Free or Gone or Active || Has(seen, Hidden))
            {
                return false;
            }

            if (Atomic.CompareExchange(ref record.Word, seen | Held, seen) == seen)
            {
                word = seen | Held;
                return true;
            }
        }
    }

    /// <summary>Holds a job from exactly the stay that was seen.</summary>
    public static bool TryHoldFrom(ref JobRecord record, long seen) => Atomic.CompareExchange(ref record.Word, seen | Held, seen) == seen;

    /// <summary>Ends a hold under which the priority was changed. A waiting job takes a step, so every ticket made before is dead; any other stays where it is.</summary>
    public static bool TryLetGoReordered(ref JobRecord record, long seen, out long word)
    {
        long free = seen & ~(Held | HeldMissed);
        word = State(seen) == Waiting ? Advance(free, Waiting) : free;
        return Atomic.CompareExchange(ref record.Word, word, seen) == seen; // HB-13 release: the priority was written before.
    }

    /// <summary>Lets go. The word as it was: with <see cref="HeldMissed"/> somebody has given up its ticket meanwhile.</summary>
    public static long LetGo(ref JobRecord record) => Atomic.And(ref record.Word, ~(Held | HeldMissed));

    /// <summary>
    /// Notes that a further parent needs this record. With <paramref name="mustLive"/> false if the job has ended; else the
    /// caller owns the job or keeps its record already.
    /// </summary>
    public static bool TryAttach(ref JobRecord record, long id, bool mustLive)
    {
        while (true)
        {
            long seen = Atomic.Read(ref record.Word);
            if (mustLive && (Atomic.Read(ref record.Id) != id || State(seen) is not (>= WaitingChildren and <= Active)))
            {
                return false;
            }

            if (Has(seen, HasFurtherParents) || Atomic.CompareExchange(ref record.Word, seen | HasFurtherParents, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives up a ticket of a held job; false if the word has changed.</summary>
    public static bool TryMissHeld(ref JobRecord record, ref long seen)
    {
        long before = Atomic.CompareExchange(ref record.Word, seen | HeldMissed, seen);
        bool won = before == seen;
        seen = before;
        return won;
    }

    /// <summary>The word, once a terminal step that was just taken has been recorded; its winner only stores in between.</summary>
    public static long Settled(ref JobRecord record, long id)
    {
        SpinWait spin = default;
        while (true)
        {
            long word = Atomic.Read(ref record.Word);
            if (!IsEnded(word) || Has(word, Recorded) || Atomic.Read(ref record.Id) != id)
            {
                return word;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>What keeps the winner busy after its step; without any of it the step itself is the record.</summary>
    private const long NeedsConclusion = HasWaiter | HasChildren | TakesRoom | Announcing | HasKey;

    private static long Ended(long word, long state) => Advance(word, state) | (Has(word, HasParent) ? EdgeSettled : 0);
}
