namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>The two jobs of a store with a worker.</summary>
internal readonly record struct WorkedStoreModel(WorkedJob X, WorkedJob Y)
{
    public WorkedJob this[int job] => job == 0 ? X : Y;

    public WorkedStoreModel With(int job, WorkedJob changed) => job == 0 ? this with { X = changed } : this with { Y = changed };
}
