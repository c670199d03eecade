using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The one word on which every change of a job's state is decided. From high to low:
/// <code>
/// 63..62  zero
/// 61..24  step    38 bits, counts every step of the slot over all its jobs, never reset, never wraps
/// 23..4   flags   20 bits
///  3..0   state   JobState, or Gone for a removed job whose slot is still pinned
/// </code>
/// One step counter serves as generation (the step at which a job was born), as stamp (the step that put it where it
/// is) and as run number (the step that started the run). <see cref="JobMoves"/> holds the transitions; the table of
/// them stands in DESIGN.md.
/// </summary>
internal static class StateWord
{
    public const int SlotBits = 24;
    public const int StepShift = SlotBits;
    public const int StepBits = 38;
    public const int MaxSlots = 1 << SlotBits;

    public const long StateMask = 0xF;
    public const long FlagsMask = 0xFFFFF0;
    public const long SlotMask = (1L << SlotBits) - 1;
    public const long StepMask = ((1L << StepBits) - 1) << StepShift;
    public const long OneStep = 1L << StepShift;

    /// <summary>A slot is retired once its step has come this far; what is left is more than one job can use.</summary>
    public const long RetireAt = ((1L << StepBits) - (1L << 32)) << StepShift;

    public const long Free = 0;
    public const long WaitingChildren = (long)JobState.WaitingChildren;
    public const long Delayed = (long)JobState.Delayed;
    public const long Waiting = (long)JobState.Waiting;
    public const long Active = (long)JobState.Active;
    public const long Completed = (long)JobState.Completed;
    public const long Failed = (long)JobState.Failed;
    public const long Canceled = (long)JobState.Canceled;
    public const long Gone = 8;

    /// <summary>A cancel was accepted for the running attempt: the job ends Canceled by whatever way it leaves Active.</summary>
    public const long CancelRequested = 1L << 4;

    /// <summary>An operation on several jobs keeps this one from starting and from being evicted.</summary>
    public const long Held = 1L << 5;

    /// <summary>Somebody met the hold and gave up its ticket: who lets go puts it back. Dropped by a step, which makes that ticket dead.</summary>
    public const long HeldMissed = 1L << 6;

    /// <summary>Ended and removed: no look-up finds it, its parents still read it.</summary>
    public const long Hidden = 1L << 7;

    /// <summary>The parent does not read this job any more.</summary>
    public const long ParentDone = 1L << 8;

    /// <summary>This parent has told its children that it does not read them any more; happens once in a record's life.</summary>
    public const long ChildrenReleased = 1L << 9;

    /// <summary>Visible only through its published block; dropped by the first step after the commit.</summary>
    public const long Uncommitted = 1L << 10;

    /// <summary>Somebody waits for the end.</summary>
    public const long HasWaiter = 1L << 11;

    /// <summary>A custom id points at this job.</summary>
    public const long HasCustomId = 1L << 12;

    /// <summary>The edge to the parent has been taken by the step that ended this job.</summary>
    public const long EdgeSettled = 1L << 13;

    /// <summary>The winner of the terminal step has written the outcome and is done with what only it may do.</summary>
    public const long Recorded = 1L << 14;

    /// <summary>An announcement of this job is under way; later ones queue up behind it.</summary>
    public const long Announcing = 1L << 15;

    /// <summary>Failed through a child: the result bits hold the child's id.</summary>
    public const long FailedByChild = 1L << 16;

    public const long HasParent = 1L << 17;
    public const long HasChildren = 1L << 18;

    /// <summary>Takes room in a bounded queue.</summary>
    public const long TakesRoom = 1L << 19;

    /// <summary>The latest step found an announcement under way, so its own joins that row; else it opens one.</summary>
    public const long JoinsRow = 1L << 20;

    /// <summary>Has a deduplication key, and a <see cref="KeyedJob"/> beside the record.</summary>
    public const long HasKey = 1L << 21;

    /// <summary>A parent that attached waits for this job or still reads it.</summary>
    public const long HasFurtherParents = 1L << 22;

    /// <summary>A handler that its job was taken away from has not returned: it still reads the record (<see cref="StrayRuns"/>).</summary>
    public const long HasStrayRun = 1L << 23;

    /// <summary>What a step keeps of the flags; the commit's mark goes with the first one.</summary>
    private const long KeptFlags = FlagsMask & ~(Uncommitted | JoinsRow | HeldMissed);
    private const int JoinsRowShift = 5; // From the mark to the flag that remembers it.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long State(long word) => word & StateMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(long word, long flag) => (word & flag) != 0;

    /// <summary>The next step into another state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Advance(long word, long state) =>
        (word & (StepMask | KeptFlags)) + OneStep | (word & Announcing) << JoinsRowShift | state;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Ticket(long word, int slot) => word & StepMask | (long)slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(long ticket) => (int)(ticket & SlotMask);

    /// <summary>Whether the word still stands where the ticket was issued.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Stands(long word, long ticket) => (word & StepMask) == (ticket & StepMask);

    /// <summary>The same, in that state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Stands(long word, long ticket, long state) => (word & (StepMask | StateMask)) == (ticket & StepMask | state);

    public static bool IsEnded(long word) => State(word) is Completed or Failed or Canceled;

    /// <summary>Whether some parent still reads a job that has ended or was removed.</summary>
    public static bool IsRead(long word) => (word & (HasParent | ParentDone)) == HasParent || Has(word, HasFurtherParents);

    /// <summary>The state a look-up may tell: None for free, removed and hidden jobs.</summary>
    public static JobState Visible(long word) => Has(word, Hidden) || State(word) == Gone ? JobState.None : (JobState)State(word);
}
