using System.Collections.Concurrent;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>One priority level: a front, newest first, and after it a line, oldest first. Lock-free.</summary>
internal sealed class Band
{
    private readonly ConcurrentQueue<long> _line = new();
    private TicketStack? _front;

    public bool IsEmpty => (Atomic.Read(ref _front)?.IsEmpty ?? true) && _line.IsEmpty;

    public int Count => _line.Count + (Atomic.Read(ref _front)?.Count ?? 0);

    public void Add(long ticket, bool toFront)
    {
        if (toFront)
        {
            TicketStack? front = Atomic.Read(ref _front);
            if (front is null)
            {
                TicketStack added = new();
                front = Atomic.CompareExchange(ref _front, added, null) ?? added;
            }

            front.Push(ticket);
        }
        else
        {
            _line.Enqueue(ticket);
        }
    }

    public bool TryTake(out long ticket)
    {
        if (Atomic.Read(ref _front) is { } front && front.TryPop(out ticket))
        {
            return true;
        }

        return _line.TryDequeue(out ticket);
    }
}
