namespace Conveyor.Fast.Benchmarks;

/// <summary>The least a hand-written flow needs: a child knows its parent, a parent counts its children.</summary>
internal sealed class BenchmarkNode
{
    public BenchmarkNode? Parent;
    public int Pending;
}
