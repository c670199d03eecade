namespace Conveyor.Fast.Concurrency.Tests;

/// <summary>Tests that want the machine for themselves: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class AllProcessors
{
    public const string Name = "All processors";
}
