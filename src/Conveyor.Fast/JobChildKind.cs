namespace Conveyor.Fast;

/// <summary>How a child counts for its parent.</summary>
public enum JobChildKind
{
    /// <summary>Has not ended.</summary>
    Unfinished,

    /// <summary>Ended with a value.</summary>
    Completed,

    /// <summary>Ended badly under <see cref="ChildFailurePolicy.Ignore"/>.</summary>
    Ignored,

    /// <summary>Ended badly under another policy.</summary>
    Failed,

    /// <summary>Removed before it ended.</summary>
    Removed,
}
