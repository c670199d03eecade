using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Execution;

/// <summary>A terminal step that was taken, and what was read of the job before it.</summary>
internal struct JobEnd
{
    public int Slot;
    public long Id;
    public long ParentId;
    public int Queue;
    public JobSettings Settings;
    public long State;
    public object Cause;
    public long Mark;
    public EndFate Fate;
    public long Old;
    public long Word;
}
