namespace Conveyor.Fast;

/// <summary>A flow's descriptors can not be made into a flow. Nothing was added.</summary>
public sealed class InvalidFlowException : ConveyorException
{
    internal InvalidFlowException(string path, string message)
        : base(message)
    {
        Path = path;
    }

    /// <summary>The node that was refused, such as <c>children[2].children[0]</c>.</summary>
    public string Path { get; }
}
