namespace Conveyor.Fast.Jobs;

/// <summary>Waits for values of one type.</summary>
internal sealed class ResultWaiterPool<T> : BoundedPool<ResultWaiter<T>>
{
    protected override ResultWaiter<T> Create() => new(this);
}
