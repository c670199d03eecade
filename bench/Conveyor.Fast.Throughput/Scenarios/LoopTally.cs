using System.Runtime.InteropServices;

namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// The handler of one worker loop and what it has seen. Only that loop writes it, so counting is plain, on cache lines
/// of its own; the producer reads it when the store is idle. Every 64th parent looks at its children: all of them must
/// have completed before it started.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal sealed class LoopTally
{
    private const int LookEvery = 64;

    [FieldOffset(128)]
    private int _childrenRun;

    [FieldOffset(132)]
    private int _parentsRun;

    [FieldOffset(136)]
    private int _childrenNotCompleted;

    public int ChildrenRun => _childrenRun;

    public int ParentsRun => _parentsRun;

    public int ChildrenNotCompleted => _childrenNotCompleted;

    public void Clear() => _childrenRun = _parentsRun = _childrenNotCompleted = 0;

    public object? Handle(Job job)
    {
        if (job.Name != FlowShape.ParentName)
        {
            _childrenRun++;
        }
        else if (++_parentsRun % LookEvery == 0)
        {
            LookAtChildren(job);
        }

        return null;
    }

    private void LookAtChildren(Job job)
    {
        int completed = 0;
        foreach (JobChild child in job.Children)
        {
            completed += child.State == JobState.Completed ? 1 : 0;
        }

        _childrenNotCompleted += FlowShape.Children - completed;
    }
}
