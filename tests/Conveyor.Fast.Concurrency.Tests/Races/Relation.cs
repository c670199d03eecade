namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>Where two operations meet.</summary>
internal enum Relation
{
    OneJob,

    /// <summary>The first on the parent, the second on its only child.</summary>
    ParentAndChild,

    /// <summary>On the last two children of a parent.</summary>
    Siblings,

    /// <summary>The first makes a parent with one child; the second acts on the parent as soon as it is there.</summary>
    NewParent,

    /// <summary>The same, on the child.</summary>
    NewChild,
}
