using System.Runtime.InteropServices;

namespace Conveyor.Fast.Jobs;

/// <summary>The hot part of a job: one cache line, no references, so a step neither marks cards nor is scanned.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct JobRecord
{
    // Any thread, atomic.

    /// <summary><see cref="StateWord"/>.</summary>
    [FieldOffset(0)] public long Word;

    /// <summary>A parent's open edges, and one for the commit until it is done. Never set after the commit.</summary>
    [FieldOffset(24)] public int Pending;

    // Set at admission, then frozen until the slot is free.

    /// <summary>The job's id: its birth ticket. Written before the word is, read after it.</summary>
    [FieldOffset(8)] public long Id;

    /// <summary>The first parent's id, 0 for none. The open edge pins that slot, so no generation is compared while it is open.</summary>
    [FieldOffset(16)] public long ParentId;

    [FieldOffset(40)] public ushort Queue;
    [FieldOffset(42)] public ushort ParentQueue;

    // Set at admission, then only by who holds the job. Read plainly after the step that made a job ready: if it is
    // changed between the two, that step's ticket is dead.

    [FieldOffset(28)] public int Priority;

    // Owner of the run or of the terminal step (under a hold: who holds the job). A run of a plain job writes this line only.

    [FieldOffset(32)] public int AttemptsMade;

    /// <summary>The worker that ran it last in this life, 0 for none.</summary>
    [FieldOffset(44)] public int Worker;

    /// <summary>UTC ticks of the latest run's start; before the first, of the add.</summary>
    [FieldOffset(48)] public long Started;

    /// <summary>UTC ticks of the end.</summary>
    [FieldOffset(56)] public long Ended;

    // Owner of the slot only: links a free slot into its list, a job ended by policy into the list of its winner.

    [FieldOffset(36)] public int Link;

    public readonly bool HasStarted => Worker != 0;

    /// <summary>
    /// How long a parent is delayed once it is promoted, as timestamps of the clock; where it has no end yet. Set at
    /// admission, so who promotes looks at this line only; a retry by hand, which writes the end, does not delay again.
    /// </summary>
    public long OwnDelay { readonly get => Ended; set => Ended = value; }
}
