using Conveyor.Fast.Throughput.Scenarios;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// A hand-written job of a flow. It has room for what a job carries, used or not: its name, data, value or error, its
/// parent, and for the parent the children in order, so that it could read their values.
/// </summary>
internal sealed class Node(string name, Node? parent)
{
    // A field: it is counted down in place.
    public int Pending;

    public string Name { get; } = name;

    public Node? Parent { get; } = parent;

    public Node[] Children { get; private set; } = [];

    public object? Data { get; set; }

    public object? Value { get; set; }

    public Exception? Error { get; set; }

    public bool IsDone { get; set; }

    public static Node BuildFlow()
    {
        var children = new Node[FlowShape.Children];
        var parent = new Node(FlowShape.ParentName, parent: null) { Pending = FlowShape.Children, Children = children };
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = new Node(FlowShape.ChildName, parent);
        }

        return parent;
    }

    /// <summary>Runs a child; true if it was the last one of its parent.</summary>
    public bool RunAndCountDown()
    {
        IsDone = true;
        return Interlocked.Decrement(ref Parent!.Pending) == 0;
    }
}
