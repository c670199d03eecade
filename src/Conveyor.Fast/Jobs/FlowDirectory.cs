using System.Collections.Concurrent;
using Conveyor.Fast.Threading;
using Microsoft.Extensions.ObjectPool;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The store's flows: a cell per block, empty until the flow is committed. The commit is one compare-exchange of the
/// cell; a job in the state of being added is visible only through it.
/// </summary>
internal sealed class FlowDirectory : ObjectPool<FlowBlock>
{
    private const int PageShift = 10;
    private const int PageSize = 1 << PageShift;
    private readonly Lock _growth = new();
    private readonly ConcurrentQueue<FlowBlock> _free = new();
    private FlowBlock?[][] _pages = [new FlowBlock?[PageSize]];
    private int _blocks;

    public override FlowBlock Get()
    {
        if (_free.TryDequeue(out FlowBlock? block))
        {
            return block;
        }

        int index = Atomic.Increment(ref _blocks);
        EnsurePage(index >> PageShift);
        return new FlowBlock(index);
    }

    /// <summary>Takes the block out of the directory; nobody is left who could ask for it.</summary>
    public override void Return(FlowBlock obj)
    {
        Atomic.Write(ref Cell(obj.Index), null);
        obj.Clear();
        _free.Enqueue(obj);
    }

    /// <summary>The commit: the whole flow exists from here on.</summary>
    public void Publish(FlowBlock block)
    {
        // HB-1 release: everything the block and its jobs hold was written before this swap.
        FlowBlock? before = Atomic.CompareExchange(ref Cell(block.Index), block, null);
        System.Diagnostics.Debug.Assert(before is null, "a block is published once");
    }

    /// <summary>The block, null while its flow is not committed.</summary>
    public FlowBlock? Find(int index) => Atomic.Read(ref Cell(index)); // HB-1 acquire

    /// <summary>Committed blocks that some parent still reads; exact while nothing runs.</summary>
    public int PublishedCount => Atomic.Read(ref _pages).Sum(static page => page.Count(static block => block is not null));

    private ref FlowBlock? Cell(int index) => ref Atomic.Read(ref _pages)[index >> PageShift][index & (PageSize - 1)];

    private void EnsurePage(int page)
    {
        if (page < Atomic.Read(ref _pages).Length)
        {
            return;
        }

        lock (_growth)
        {
            if (page >= _pages.Length)
            {
                FlowBlock?[][] grown = new FlowBlock?[page + 1][];
                _pages.CopyTo(grown, 0);
                for (int i = _pages.Length; i <= page; i++)
                {
                    grown[i] = new FlowBlock?[PageSize];
                }

                Atomic.Write(ref _pages, grown);
            }
        }
    }
}
