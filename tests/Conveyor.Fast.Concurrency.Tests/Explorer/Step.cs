namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>One access to shared state: what it does, to which place, and where in the source it stands.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Place">Where the place begins; 0 if it touches none.</param>
/// <param name="What">The place's name.</param>
/// <param name="Member">Who does it.</param>
/// <param name="File">Where that stands.</param>
internal record struct Step(StepKind Kind, nint Place, string What, string Member, string File)
{
    /// <summary>How long the place is; a modelled object counts as one byte.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Which plain access it is, or <see cref="RaceWatch.Seam"/>.</summary>
    public int Site { get; init; } = RaceWatch.Seam;

    /// <summary>Whether two threads' steps could have come in the other order, and that order is worth a schedule of its own.</summary>
    public readonly bool Races(in Step other) =>
        IsFenceWithStore(other) || (Meets(other)
            && Kind != StepKind.Leave && other.Kind != StepKind.Leave
            && !(Kind == StepKind.Read && other.Kind == StepKind.Read)
            && !IsHidden(Kind, other.Kind) && !IsHidden(other.Kind, Kind));

    /// <summary>Whether the earlier of two steps happens before the later one.</summary>
    public readonly bool OrdersWith(in Step other) =>
        IsFenceWithStore(other) || (Meets(other) && !(Kind == StepKind.Read && other.Kind == StepKind.Read) && !IsTooLate(this, other) && !IsTooLate(other, this));

    /// <summary>Whether taking one may change what the other does, or whether it can be taken at all.</summary>
    public readonly bool MayAffect(in Step other) =>
        Kind is StepKind.Yield or StepKind.Pause or StepKind.Fence || other.Kind is StepKind.Yield or StepKind.Pause or StepKind.Fence || OrdersWith(other);

    /// <summary>A store is its own thread's until it is flushed.</summary>
    private static bool IsHidden(StepKind one, StepKind other) => one == StepKind.Store && other is (StepKind.Read or StepKind.Flush);

    private readonly bool Meets(in Step other) => Place != 0 && other.Place != 0 && Place < other.Place + other.Size && other.Place < Place + Size;

    /// <summary>Another thread's read sees the flush, not the store. (Of a part of what is stored it waits for the flush.)</summary>
    private static bool IsTooLate(in Step store, in Step read) =>
        store.Kind == StepKind.Store && read.Kind == StepKind.Read && store.Place == read.Place && store.Size == read.Size;

    private readonly bool IsFenceWithStore(in Step other) =>
        (Kind == StepKind.Fence && other.Kind == StepKind.Store) || (Kind == StepKind.Store && other.Kind == StepKind.Fence);
}
