namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>One step taken.</summary>
/// <param name="Agent">The thread.</param>
/// <param name="Choice">Who was scheduled: the thread, or its store buffer.</param>
/// <param name="Step">The step.</param>
/// <param name="Enabled">Whoever could have gone instead, the choice included, one bit each.</param>
/// <param name="Before">What was read or replaced.</param>
/// <param name="After">What was written.</param>
internal record struct TraceLine(int Agent, int Choice, Step Step, int Enabled, object? Before, object? After);
