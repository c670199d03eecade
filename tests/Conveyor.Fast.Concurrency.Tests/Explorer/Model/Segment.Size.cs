namespace Conveyor.Fast.Jobs;

/// <summary>A scenario has few jobs, and each execution pays for the slots of a new store.</summary>
internal readonly partial struct Segment
{
    public const int Shift = 8;
}
