using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>One job of a flow that is being added. A parent's children lie side by side.</summary>
internal struct FlowNode
{
    public FlowJob Job;
    public AdmissionQueue Queue;
    public JobDefinition Definition;
    public long Id;
    public int Parent;
    public int FirstChild;
    public int ChildCount;
    public int Depth;
}
