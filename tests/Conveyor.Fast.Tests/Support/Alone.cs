namespace Conveyor.Fast.Tests.Support;

/// <summary>Tests that compare times or memory of the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "Alone";
}
