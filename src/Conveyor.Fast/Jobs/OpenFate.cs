namespace Conveyor.Fast.Jobs;

/// <summary>What became of a prepared edge when its parent's flow was committed.</summary>
internal enum OpenFate
{
    /// <summary>The child lives: its end will settle the edge.</summary>
    Open,

    /// <summary>The child has completed or was removed: the caller counts the edge.</summary>
    EndedWell,

    /// <summary>The child has ended badly: the caller settles the edge by the parent's policy.</summary>
    EndedBadly,

    /// <summary>The parent was removed meanwhile and took the edge with it.</summary>
    Dropped,
}
