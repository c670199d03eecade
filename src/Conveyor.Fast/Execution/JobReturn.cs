namespace Conveyor.Fast.Execution;

/// <summary>A step that put a job back to wait, and what was read of the job before it; afterwards it may be anybody's.</summary>
internal struct JobReturn
{
    public int Slot;
    public long Id;
    public int Queue;
    public long Word;
}
