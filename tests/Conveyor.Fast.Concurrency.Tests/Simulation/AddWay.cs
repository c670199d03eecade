namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What an add does where a queue is full.</summary>
internal enum AddWay
{
    Throw,
    Try,

    /// <summary>Asynchronously; used from inside handlers only, where it goes over the bound.</summary>
    Async,
}
