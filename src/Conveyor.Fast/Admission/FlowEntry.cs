namespace Conveyor.Fast.Admission;

/// <summary>What a flow's result keeps of one job: sixteen bytes. The two bits above an id say how the tree hangs together.</summary>
internal readonly struct FlowEntry
{
    private const long Parent = 1L << 62;
    private const long Last = unchecked((long)(1UL << 63));
    private readonly long _bits;

    public FlowEntry(FlowJob job, long id, bool isParent, bool isLastChild)
    {
        Job = job;
        _bits = id | (isParent ? Parent : 0) | (isLastChild ? Last : 0);
    }

    public FlowJob Job { get; }

    public JobId Id => new(_bits & ~(Parent | Last));

    public bool IsParent => (_bits & Parent) != 0;

    public bool IsLastChild => (_bits & Last) != 0;
}
