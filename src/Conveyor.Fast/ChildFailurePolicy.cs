namespace Conveyor.Fast;

/// <summary>What the failure of a child does to its parent. Set on the parent, for all its children.</summary>
public enum ChildFailurePolicy : byte
{
    /// <summary>The parent fails at once. The default.</summary>
    Fail = 0,

    /// <summary>The parent runs when the other children have ended, and can read the failure.</summary>
    Ignore,

    /// <summary>The parent is removed. One level up this counts as a failure.</summary>
    Remove,
}
