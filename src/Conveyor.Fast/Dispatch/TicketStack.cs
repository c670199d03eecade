using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// A lock-free stack of tickets, the front of a band. Nodes are reused by index; every change of a head raises its tag,
/// so a head that was read long ago never matches again.
/// </summary>
internal sealed class TicketStack
{
    private const int IndexBits = 24;
    private const long IndexMask = (1L << IndexBits) - 1;
    private const int FirstPage = 16;
    private readonly Lock _growth = new();
    private readonly Node[]?[] _pages = new Node[]?[20];
    private long _head;
    private long _free;
    private int _nodes;
    private int _count;

    public bool IsEmpty => (Atomic.Read(ref _head) & IndexMask) == 0;

    public int Count => Atomic.Read(ref _count);

    public void Push(long ticket)
    {
        int index = Pop(ref _free, out _);
        if (index == 0)
        {
            index = Atomic.Increment(ref _nodes);
            EnsurePage(index);
        }

        Atomic.Write(ref NodeAt(index).Ticket, ticket);
        Atomic.Increment(ref _count);
        Push(ref _head, index);
    }

    public bool TryPop(out long ticket)
    {
        int index = Pop(ref _head, out ticket);
        if (index == 0)
        {
            return false;
        }

        Atomic.Decrement(ref _count);
        Push(ref _free, index);
        return true;
    }

    private static long Next(long head, int index) => (head & ~IndexMask) + (1L << IndexBits) | (long)index;

    private static (int Page, int Place) Locate(int index)
    {
        int page = System.Numerics.BitOperations.Log2((uint)(index / FirstPage + 1));
        return (page, index - FirstPage * ((1 << page) - 1));
    }

    private void Push(ref long head, int index)
    {
        while (true)
        {
            long seen = Atomic.Read(ref head);
            Atomic.Write(ref NodeAt(index).Next, (int)(seen & IndexMask));
            if (Atomic.CompareExchange(ref head, Next(seen, index), seen) == seen)
            {
                return;
            }
        }
    }

    private int Pop(ref long head, out long ticket)
    {
        while (true)
        {
            long seen = Atomic.Read(ref head);
            int index = (int)(seen & IndexMask);
            if (index == 0)
            {
                ticket = 0;
                return 0;
            }

            // Another thread may take and reuse the node meanwhile; the tag then makes the exchange fail.
            ref Node node = ref NodeAt(index);
            int next = Atomic.Read(ref node.Next);
            ticket = Atomic.Read(ref node.Ticket);
            if (Atomic.CompareExchange(ref head, Next(seen, next), seen) == seen)
            {
                return index;
            }
        }
    }

    private ref Node NodeAt(int index)
    {
        (int page, int place) = Locate(index);
        return ref Atomic.Read(ref _pages[page])![place];
    }

    private void EnsurePage(int index)
    {
        int page = Locate(index).Page;
        if (Atomic.Read(ref _pages[page]) is null)
        {
            lock (_growth)
            {
                if (_pages[page] is null)
                {
                    Atomic.Write(ref _pages[page], new Node[FirstPage << page]);
                }
            }
        }
    }

    private struct Node
    {
        public long Ticket;
        public int Next;
    }
}
