namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>The least a flow needs: a child knows its parent, a parent counts its children.</summary>
internal sealed class BareNode
{
    public BareNode? Parent;
    public int Pending;
}
