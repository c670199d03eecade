namespace Conveyor.Fast.Jobs;

/// <summary>
/// Where each slot's entry lies under the clock: 0 nowhere, above zero in a bucket (<see cref="DelayChunks"/>), below zero
/// the complement of its index in the heap. Under the lock of <see cref="DelayWheel"/>.
/// </summary>
internal sealed class DelayPlaces
{
    private int[]?[] _segments = [];

    public int this[int slot]
    {
        get => Find(slot >> Segment.Shift) is { } places ? places[slot & Segment.Mask] : 0;
        set => (Find(slot >> Segment.Shift) ?? Make(slot >> Segment.Shift))[slot & Segment.Mask] = value;
    }

    /// <summary>Null where no job of the segment was ever delayed.</summary>
    private int[]? Find(int segment) => segment < _segments.Length ? _segments[segment] : null;

    private int[] Make(int segment)
    {
        if (segment >= _segments.Length)
        {
            Array.Resize(ref _segments, Math.Max(segment + 1, _segments.Length * 2));
        }

        return _segments[segment] = new int[Segment.Size];
    }
}
