namespace Conveyor.Fast.Jobs;

/// <summary>Boxes of one type.</summary>
internal sealed class ValueBoxPool<T> : BoundedPool<ValueBox<T>>
{
    protected override ValueBox<T> Create() => new(this);
}
