using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Jobs;

/// <summary>A store's objects of one type that are used again, up to a bound.</summary>
internal abstract class BoundedPool<TItem> : ObjectPool<TItem>
    where TItem : class
{
    private const int MaxKept = 1 << 16;
    private readonly ConcurrentQueue<TItem> _free = new();

    public override TItem Get() => _free.TryDequeue(out TItem? item) ? item : Create();

    public override void Return(TItem obj)
    {
        if (_free.Count < MaxKept)
        {
            _free.Enqueue(obj);
        }
    }

    protected abstract TItem Create();
}
