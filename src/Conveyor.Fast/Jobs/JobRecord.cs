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

    /// <summary>The flow block that lists the children and makes the flow visible; 0 for none.</summary>
    [FieldOffset(28)] public int Block;

    [FieldOffset(32)] public int FirstChild;
    [FieldOffset(36)] public int ChildCount;
    [FieldOffset(40)] public int Priority;
    [FieldOffset(48)] public ushort Queue;
    [FieldOffset(50)] public ushort ParentQueue;

    /// <summary>UTC ticks.</summary>
    [FieldOffset(56)] public long Created;

    // Owner of the run only (under a hold: who holds the job).

    [FieldOffset(44)] public int AttemptsMade;

    // Owner of the slot only: links a free slot into its list, a job ended by policy into the list of its winner.

    [FieldOffset(52)] public int Link;
}
