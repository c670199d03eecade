namespace Conveyor.Fast.Jobs;

/// <summary>The holder of one type; returned by whoever frees the slot.</summary>
internal sealed class ValueBox<T>(ValueBoxPool<T> pool) : ValueBox
{
    public T Value = default!;

    public override Type Type => typeof(T);

    public override object? Boxed => Value;

    public override void Return()
    {
        Value = default!;
        pool.Return(this);
    }
}
