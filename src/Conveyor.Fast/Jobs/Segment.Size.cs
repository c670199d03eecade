namespace Conveyor.Fast.Jobs;

internal sealed partial class Segment
{
    /// <summary>A segment has two to the power of this many slots.</summary>
    public const int Shift = 10;
}
