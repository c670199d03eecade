using System.Collections.Concurrent;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Flows;

/// <summary>One for each cancel under way that needs one; a subscriber may cancel from inside another.</summary>
internal sealed class CancellationScratchPool : ObjectPool<CancellationScratch>
{
    private readonly ConcurrentQueue<CancellationScratch> _free = new();

    public override CancellationScratch Get() => _free.TryDequeue(out CancellationScratch? scratch) ? scratch : new CancellationScratch();

    public override void Return(CancellationScratch obj)
    {
        obj.Clear();
        if (obj.IsSmall)
        {
            _free.Enqueue(obj);
        }
    }
}
