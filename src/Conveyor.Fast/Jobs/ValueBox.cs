namespace Conveyor.Fast.Jobs;

/// <summary>A pooled holder of a struct that does not fit inline.</summary>
internal abstract class ValueBox
{
    public abstract Type Type { get; }

    public abstract object? Boxed { get; }

    public abstract void Return();
}
