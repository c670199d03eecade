namespace Conveyor.Fast.Jobs;

/// <summary>The ledger of all bounded queues: cold for every queue without a bound.</summary>
internal sealed class QueueRooms
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private Exception? _closed;

    /// <summary>Takes all the demands or none. With <paramref name="force"/> over the bound. Returns the room that is full.</summary>
    public QueueRoom? TryTake(ReadOnlySpan<RoomDemand> demands, bool force)
    {
        lock (_lock)
        {
            QueueRoom? full = force ? null : _waiters.Count > 0 && Overtakes(demands) is { } overtaken ? overtaken : FullLocked(demands);
            if (full is null)
            {
                TakeLocked(demands);
            }

            return full;
        }
    }

    /// <summary>Waits for the room in order of asking. Cancelling gives up the place and takes nothing.</summary>
    public async ValueTask TakeAsync(RoomDemand[] demands, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw _closed;
            }

            if (Overtakes(demands) is null && FullLocked(demands) is null)
            {
                TakeLocked(demands);
                return;
            }

            waiter = new Waiter(demands);
            waiter.Node = _waiters.AddLast(waiter);
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Action<CancellationToken>)state!)(token), (Action<CancellationToken>)(token => GiveUp(waiter, token)));
        await waiter.Granted.Task.ConfigureAwait(false);
    }

    public void Give(QueueRoom room, int count = 1)
    {
        List<Waiter>? granted = null;
        lock (_lock)
        {
            room.Taken -= count;
            granted = GrantLocked();
        }

        Resume(granted);
    }

    public void Take(QueueRoom room)
    {
        lock (_lock)
        {
            room.Taken++;
        }
    }

    public void Close(Exception reason)
    {
        List<Waiter> waiters;
        lock (_lock)
        {
            _closed = reason;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        foreach (Waiter waiter in waiters)
        {
            waiter.Granted.TrySetException(reason);
        }
    }

    /// <summary>What could never fit, whatever ends.</summary>
    public static QueueRoom? NeverFits(ReadOnlySpan<RoomDemand> demands)
    {
        foreach (RoomDemand demand in demands)
        {
            if (demand.Count > demand.Room.Capacity)
            {
                return demand.Room;
            }
        }

        return null;
    }

    private static QueueRoom? FullLocked(ReadOnlySpan<RoomDemand> demands)
    {
        foreach (RoomDemand demand in demands)
        {
            if (demand.Room.Taken + demand.Count > demand.Room.Capacity)
            {
                return demand.Room;
            }
        }

        return null;
    }

    private static void TakeLocked(ReadOnlySpan<RoomDemand> demands)
    {
        foreach (RoomDemand demand in demands)
        {
            demand.Room.Taken += demand.Count;
        }
    }

    private static void Resume(List<Waiter>? granted)
    {
        foreach (Waiter waiter in granted ?? [])
        {
            waiter.Granted.TrySetResult();
        }
    }

    /// <summary>A room that somebody waits for already.</summary>
    private QueueRoom? Overtakes(ReadOnlySpan<RoomDemand> demands)
    {
        foreach (Waiter waiter in _waiters)
        {
            foreach (RoomDemand theirs in waiter.Demands)
            {
                foreach (RoomDemand mine in demands)
                {
                    if (ReferenceEquals(mine.Room, theirs.Room))
                    {
                        return mine.Room;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Serves waiters in order; one that does not fit keeps those behind it from the rooms it waits for.</summary>
    private List<Waiter>? GrantLocked()
    {
        List<Waiter>? granted = null;
        HashSet<QueueRoom>? blocked = null;
        for (LinkedListNode<Waiter>? node = _waiters.First; node is not null;)
        {
            LinkedListNode<Waiter>? next = node.Next;
            Waiter waiter = node.Value;
            if (blocked?.Overlaps(waiter.Demands.Select(static demand => demand.Room)) != true && FullLocked(waiter.Demands) is null)
            {
                TakeLocked(waiter.Demands);
                _waiters.Remove(node);
                (granted ??= []).Add(waiter);
            }
            else
            {
                (blocked ??= []).UnionWith(waiter.Demands.Select(static demand => demand.Room));
            }

            node = next;
        }

        return granted;
    }

    private void GiveUp(Waiter waiter, CancellationToken token)
    {
        List<Waiter>? granted;
        lock (_lock)
        {
            if (waiter.Node?.List is null)
            {
                return; // Granted already: the room is the waiter's.
            }

            _waiters.Remove(waiter.Node);
            granted = GrantLocked();
        }

        waiter.Granted.TrySetCanceled(token);
        Resume(granted);
    }

    private sealed class Waiter(RoomDemand[] demands)
    {
        public RoomDemand[] Demands { get; } = demands;

        public LinkedListNode<Waiter>? Node { get; set; }

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
