using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>What the stages ask the machine for, the same in every execution.</summary>
[Unwoven]
internal static class Environment
{
    public static int ProcessorCount => 4;

    public static int CurrentManagedThreadId => Agent.Current is { } agent ? agent.Number + 2 : 1;

    public static long TickCount64 => System.Environment.TickCount64;
}
