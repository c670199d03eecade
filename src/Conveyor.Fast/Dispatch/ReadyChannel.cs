using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// One queue's ready jobs as a channel: lower priority first, within a priority the front and then the line, exact for
/// every 32-bit priority. Priorities 0 to 7 are lock-free, others live under a lock. Unlike the stock channels it takes
/// no lock to write, loses nothing to a cancelled read, and counts dead tickets until they are taken.
/// </summary>
internal sealed class ReadyChannel : Channel<ReadyTicket>
{
    public const int HotBands = 8;
    private readonly Band?[] _bands = new Band?[HotBands];
    private readonly RareBands _rare = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _filled; // One bit for each hot band that may hold something.
    private int _completed;
    private Exception? _error;
    private int _takes;
    private readonly int _guardEvery;

    /// <param name="guardEvery">Every so many takes the least urgent band is served; 0 for never.</param>
    public ReadyChannel(int guardEvery = 0)
    {
        _guardEvery = guardEvery;
        Reader = new TicketReader(this);
        Writer = new TicketWriter(this);
    }

    public ParkingLot Parked { get; } = new();

    public bool IsEmpty
    {
        get
        {
            if (_rare.Count != 0)
            {
                return false;
            }

            // The bands themselves, not the bits: a writer sets the bit after the ticket stands.
            foreach (Band? band in _bands)
            {
                if (band is { IsEmpty: false })
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Tickets at hand, dead ones included; exact while nobody else writes or reads.</summary>
    public int Count
    {
        get
        {
            int count = _rare.Count;
            foreach (Band? band in _bands)
            {
                if (band is not null)
                {
                    count += band.Count;
                }
            }

            return count;
        }
    }

    public int RareCapacity => _rare.Capacity;

    /// <summary>Of a rare priority, the ticket that comes next, or 0: its job may lie anywhere. A hint.</summary>
    public long NextRare => _rare.Next;

    /// <summary>Whether a job of a better priority waits.</summary>
    public bool HasBetterThan(int priority)
    {
        long filled = Atomic.Read(ref _filled);
        bool hot = filled != 0 && BitOperations.TrailingZeroCount(filled) < priority;
        return hot || (_rare.Count != 0 && _rare.Best < priority);
    }

    private bool TryTake(out ReadyTicket item)
    {
        if (_guardEvery != 0 && Atomic.Increment(ref _takes) % _guardEvery == 0 && TryTakeLeastUrgent(out item))
        {
            return true;
        }

        while (true)
        {
            long filled = Atomic.Read(ref _filled);
            int best = filled == 0 ? int.MaxValue : BitOperations.TrailingZeroCount(filled);
            if (_rare.Count != 0 && (_rare.Best < best || filled == 0) && _rare.TryTake(filled == 0 ? int.MaxValue : best, out item))
            {
                if (Atomic.Read(ref _filled) == filled || IsStillBest(item))
                {
                    return true;
                }

                continue;
            }

            if (filled == 0)
            {
                if (!_rare.TryTakeAny(out item))
                {
                    return false;
                }

                if (IsStillBest(item))
                {
                    return true;
                }

                continue;
            }

            Band band = _bands[best]!;
            if (band.TryTake(out long ticket))
            {
                item = new ReadyTicket(ticket, best, false);
                if ((Atomic.Read(ref _filled) == filled && _rare.Best >= best) || IsStillBest(item))
                {
                    return true;
                }

                continue;
            }

            // HB-5: clear, then look again; a writer adds, then looks at the bit. One of them sees the other.
            Atomic.And(ref _filled, ~(1L << best));
            if (!band.IsEmpty)
            {
                Atomic.Or(ref _filled, 1L << best);
            }
        }
    }

    /// <summary>
    /// Since the look for the best band a writer may have added something more urgent and then, to a band that was empty,
    /// what was taken: that goes back to the front, like any other ticket that is added.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsStillBest(in ReadyTicket item)
    {
        if (!HasBetterThan(item.Priority))
        {
            return true;
        }

        Put(item with { ToFront = true });
        return false;
    }

    private bool TryTakeLeastUrgent(out ReadyTicket item)
    {
        if (_rare.TryTakeLast(HotBands, out item))
        {
            return true;
        }

        for (int priority = HotBands - 1; priority >= 0; priority--)
        {
            if (_bands[priority] is { } band && band.TryTake(out long ticket))
            {
                item = new ReadyTicket(ticket, priority, false);
                return true;
            }
        }

        return _rare.TryTakeLast(int.MinValue, out item);
    }

    private bool TryAdd(in ReadyTicket item)
    {
        if (Atomic.Read(ref _completed) != 0)
        {
            return false;
        }

        Put(item);
        return true;
    }

    private void Put(in ReadyTicket item)
    {
        if ((uint)item.Priority < HotBands)
        {
            Band band = _bands[item.Priority] ?? AddBand(item.Priority);
            band.Add(item.Ticket, item.ToFront);

            // HB-5: the add is a full fence before this look.
            if ((Atomic.Read(ref _filled) & (1L << item.Priority)) == 0)
            {
                Atomic.Or(ref _filled, 1L << item.Priority);
            }
        }
        else
        {
            _rare.Add(item);
        }

        // HB-6: the ticket, or its bit, stands before this look; who parks registers, then looks for tickets.
        if (Parked.NeedsWake)
        {
            Parked.WakeOne();
        }
    }

    private Band AddBand(int priority)
    {
        Band band = new();
        return Atomic.CompareExchange(ref _bands[priority], band, null) ?? band;
    }

    private void CompleteIfDrained()
    {
        if (Atomic.Read(ref _completed) != 0 && IsEmpty)
        {
            _ = _error is null ? _completion.TrySetResult() : _completion.TrySetException(_error);
        }
    }

    private sealed class TicketReader(ReadyChannel channel) : ChannelReader<ReadyTicket>
    {
        public override bool CanCount => true;

        public override int Count => channel.Count;

        public override Task Completion => channel._completion.Task;

        public override bool TryRead([MaybeNullWhen(false)] out ReadyTicket item)
        {
            bool taken = channel.TryTake(out item);
            if (channel._completed != 0)
            {
                channel.CompleteIfDrained();
            }

            return taken;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<bool>(cancellationToken);
            }

            if (!channel.IsEmpty)
            {
                return new ValueTask<bool>(true);
            }

            if (Atomic.Read(ref channel._completed) != 0)
            {
                return channel._error is { } error ? ValueTask.FromException<bool>(error) : new ValueTask<bool>(false);
            }

            return new ValueTask<bool>(WaitAsync(cancellationToken));
        }

        private async Task<bool> WaitAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                ParkedReader parked = new();
                channel.Parked.Park(parked);
                if (!channel.IsEmpty || Atomic.Read(ref channel._completed) != 0)
                {
                    PassOn(parked);
                    if (!channel.IsEmpty)
                    {
                        return true;
                    }

                    return channel._error is { } error ? throw error : false;
                }

                // A wait that is given up loses nothing: it never held a ticket, and passes on a wake it was given.
                using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                    static state => ((ParkedReader)state!).GiveUp(), parked);
                if (!await parked.Woken.ConfigureAwait(false))
                {
                    PassOn(parked);
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }

        private void PassOn(ParkedReader parked)
        {
            if (!channel.Parked.Leave(parked) && !channel.IsEmpty)
            {
                channel.Parked.WakeOne();
            }
        }
    }

    private sealed class TicketWriter(ReadyChannel channel) : ChannelWriter<ReadyTicket>
    {
        public override bool TryWrite(ReadyTicket item) => channel.TryAdd(item);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<bool>(cancellationToken);
            }

            return Atomic.Read(ref channel._completed) == 0
                ? new ValueTask<bool>(true)
                : channel._error is { } error ? ValueTask.FromException<bool>(error) : new ValueTask<bool>(false);
        }

        public override bool TryComplete(Exception? error = null)
        {
            if (Atomic.CompareExchange(ref channel._completed, 1, 0) != 0)
            {
                return false;
            }

            channel._error = error;
            channel.CompleteIfDrained();
            channel.Parked.WakeAll();
            return true;
        }
    }

    private sealed class ParkedReader : IParked
    {
        private readonly TaskCompletionSource<bool> _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> Woken => _woken.Task;

        public void Wake() => _woken.TrySetResult(true);

        public void GiveUp() => _woken.TrySetResult(false);
    }
}
