namespace Conveyor.Fast.Jobs;

/// <summary>Where a child in a flow's list comes from.</summary>
internal enum ChildOrigin : byte
{
    /// <summary>Created under this parent: the edge lies in the child's record.</summary>
    Own,

    /// <summary>Created elsewhere in the same tree; the edge lies beside the child's record.</summary>
    Shared,

    /// <summary>Created by another add; the edge lies beside the child's record.</summary>
    Foreign,
}
