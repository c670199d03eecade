namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>How a handler ends one run.</summary>
internal enum RunEnd
{
    Value,
    Throw,
    FaultedTask,
    Unrecoverable,
    Suspend,
}
