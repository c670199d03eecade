namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>The engine does not do what the rules say.</summary>
internal sealed class DifferenceException(string what, string? expected, string? actual)
    : Exception($"{what}\n  by the rules: {expected ?? "nothing"}\n  the engine:   {actual ?? "nothing"}");
