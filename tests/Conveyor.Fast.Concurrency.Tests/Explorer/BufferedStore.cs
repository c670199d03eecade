namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>A store that others do not see yet.</summary>
/// <param name="Place">Where.</param>
/// <param name="Size">How long.</param>
/// <param name="SeenByOthers">What they go on seeing.</param>
/// <param name="Done">What who sees it knows to be done: the thread's clock; null for a plain store, which tells nothing.</param>
internal readonly record struct BufferedStore(nint Place, int Size, object? SeenByOthers, int[]? Done)
{
    /// <summary>The step by which others come to see it.</summary>
    public Step Flush => new(StepKind.Flush, Place, "its oldest store", "store buffer", "") { Size = Size };

    public bool Overlaps(in Step step) => step.Place < Place + Size && Place < step.Place + step.Size;

    public bool IsAt(in Step step) => step.Place == Place && step.Size == Size;
}
