namespace Conveyor.Fast.Jobs;

/// <summary>An edge to a further parent.</summary>
/// <param name="Queue">The parent's queue.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="IsReleased">The parent does not read the child any more.</param>
internal readonly record struct ParentEdge(int Queue, EdgeStage Stage, bool IsReleased)
{
    /// <summary>Whether the child's record must stay for it.</summary>
    public bool IsActive => Stage != EdgeStage.Settled || !IsReleased;
}
