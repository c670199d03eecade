namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What an add does where a queue is full.</summary>
internal enum AddWay
{
    Throw,
    Try,

    /// <summary>Asynchronously: waits for room; from inside a handler it goes over the bound.</summary>
    Async,
}
