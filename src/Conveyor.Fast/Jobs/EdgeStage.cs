namespace Conveyor.Fast.Jobs;

/// <summary>How far an edge to a further parent has come.</summary>
internal enum EdgeStage : byte
{
    /// <summary>The parent's flow is not committed: the child's record is kept for it, and its end passes it by.</summary>
    Prepared,

    /// <summary>The parent counts it; the child's end settles it.</summary>
    Open,

    /// <summary>Counted down, or about to be by whoever took it.</summary>
    Settled,
}
