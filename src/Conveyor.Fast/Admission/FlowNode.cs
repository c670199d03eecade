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

    /// <summary>The id that the job would have had; 0 if it was created.</summary>
    public long DroppedId;

    /// <summary>Goes under the clock, not into its queue.</summary>
    public readonly bool IsDelayed => ChildCount == 0 && Definition.Settings.Delay != TimeSpan.Zero;

    /// <summary>Not created: the id is that of the job which holds the node's key.</summary>
    public readonly bool IsAttached => DroppedId != 0;
}
