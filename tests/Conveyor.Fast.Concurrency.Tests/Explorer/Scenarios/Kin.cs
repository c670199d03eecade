namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Which job of a family.</summary>
internal enum Kin
{
    Parent,

    /// <summary>A child that a hand runs.</summary>
    Running,

    /// <summary>A child that stands in the queue.</summary>
    Waiting,

    /// <summary>A child that lies under the clock.</summary>
    Delayed,

    /// <summary>A child with the deduplication key by which leaves attach.</summary>
    Keyed,

    /// <summary>None, but a worker whose loop takes what waits.</summary>
    Loop,
}
