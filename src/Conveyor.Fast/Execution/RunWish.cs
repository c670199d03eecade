namespace Conveyor.Fast.Execution;

/// <summary>What a handler wants to become of its job if it returns without throwing.</summary>
internal enum RunWish
{
    /// <summary>To complete.</summary>
    None,

    /// <summary>To run again at once.</summary>
    Wait,

    /// <summary>To run again after a time.</summary>
    Delay,
}
