using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Jobs;

/// <summary>Boxes of one type; hangs off the store, so nothing outlives it.</summary>
internal sealed class ValueBoxPool<T> : ObjectPool<ValueBox<T>>
{
    private const int MaxKept = 1 << 16;
    private readonly ConcurrentQueue<ValueBox<T>> _free = new();

    public override ValueBox<T> Get() => _free.TryDequeue(out ValueBox<T>? box) ? box : new ValueBox<T>(this);

    public override void Return(ValueBox<T> obj)
    {
        if (_free.Count < MaxKept)
        {
            _free.Enqueue(obj);
        }
    }
}
