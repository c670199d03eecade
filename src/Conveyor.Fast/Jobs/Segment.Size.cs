namespace Conveyor.Fast.Jobs;

internal readonly partial struct Segment
{
    /// <summary>A segment has two to the power of this many slots.</summary>
    public const int Shift = 10;
}
