namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>What one step does, as far as its order with other threads' steps matters.</summary>
internal enum StepKind
{
    /// <summary>A thread begins; touches nothing.</summary>
    Start,

    Read,

    /// <summary>A plain or volatile store that all see at once.</summary>
    Write,

    /// <summary>A plain or volatile store into the thread's buffer.</summary>
    Store,

    /// <summary>The oldest store of a buffer becomes visible to others.</summary>
    Flush,

    /// <summary>An atomic read and write, a full fence.</summary>
    Change,

    /// <summary>Every thread passes a full fence.</summary>
    Fence,

    Enter,

    Leave,

    /// <summary>A turn of a spin that waits for somebody: goes on once something has been changed.</summary>
    Yield,

    /// <summary>A turn of a spin that gives up in the end: the same, but goes on also when nobody else can.</summary>
    Pause,
}
