namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Which job of a family.</summary>
internal enum Kin
{
    Parent,

    /// <summary>A child that a hand runs.</summary>
    Running,

    /// <summary>A child that stands in the queue.</summary>
    Waiting,
}
