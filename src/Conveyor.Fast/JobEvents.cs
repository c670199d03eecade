using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>
/// Where events are heard: all of a store's, a queue's, or those of the jobs a worker runs. Free while nobody listens.
/// Subscribers run on the thread that made the change, with no lock held, and may call anything; they must not block until
/// some job makes progress. What one throws becomes an error event and costs nobody else anything.
/// </summary>
public sealed class JobEvents
{
    private readonly EventHub _hub;
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];
    private long _dropped;

    internal JobEvents(EventHub hub) => _hub = hub;

    /// <summary>Events that readers of <see cref="ReadAllAsync"/> were too slow for.</summary>
    public long Dropped => Atomic.Read(ref _dropped);

    /// <summary>
    /// Subscribes a handler. The same handler subscribed again adds to its one subscription: it runs once for each event, and
    /// disposing either result ends it.
    /// </summary>
    /// <param name="handler">Called for each event.</param>
    /// <param name="types">The events to hear; none named means all.</param>
    /// <returns>Ends the subscription when disposed.</returns>
    /// <exception cref="ArgumentNullException">There is no handler.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of the types is none.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public IDisposable Subscribe(Action<JobEvent> handler, params ReadOnlySpan<JobEventType> types)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new Subscription(this, handler, handler, types));
    }

    /// <summary>Subscribes an asynchronous handler. It is started for each event and not waited for; its failures are announced like thrown ones.</summary>
    /// <param name="handler">Called for each event.</param>
    /// <param name="types">The events to hear; none named means all.</param>
    /// <returns>Ends the subscription when disposed.</returns>
    /// <exception cref="ArgumentNullException">There is no handler.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of the types is none.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    [OverloadResolutionPriority(1)] // Of an async lambda, which fits all three.
    public IDisposable Subscribe(Func<JobEvent, Task> handler, params ReadOnlySpan<JobEventType> types)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new Subscription(this, handler, occurrence => Observe(handler(occurrence), occurrence.Type), types));
    }

    /// <summary>Subscribes an asynchronous handler that returns a value task. It is started for each event and not waited for; its failures are announced like thrown ones.</summary>
    /// <param name="handler">Called for each event.</param>
    /// <param name="types">The events to hear; none named means all.</param>
    /// <returns>Ends the subscription when disposed.</returns>
    /// <exception cref="ArgumentNullException">There is no handler.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of the types is none.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public IDisposable Subscribe(Func<JobEvent, ValueTask> handler, params ReadOnlySpan<JobEventType> types)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new Subscription(this, handler, occurrence => Observe(handler(occurrence).AsTask(), occurrence.Type), types));
    }

    /// <summary>Ends the subscriptions of one handler; harmless if there is none.</summary>
    /// <param name="handler">The handler, of either kind.</param>
    /// <exception cref="ArgumentNullException">There is no handler.</exception>
    public void Unsubscribe(Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        RemoveWhere(subscription => subscription.Handler.Equals(handler));
    }

    /// <summary>Ends all subscriptions, and the streams that are read.</summary>
    public void UnsubscribeAll() => RemoveWhere(static _ => true);

    /// <summary>Reads events as a stream. A reader that is slower than the events loses the newest ones, counted in <see cref="Dropped"/>.</summary>
    /// <param name="capacity">How many events are kept for a slow reader, at least 1.</param>
    /// <param name="cancellationToken">Ends the stream, with an exception.</param>
    /// <returns>The events from the first read on, up to the disposal of the store or to <see cref="UnsubscribeAll"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed; thrown by the first read.</exception>
    public IAsyncEnumerable<JobEvent> ReadAllAsync(int capacity = 1024, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return ReadAsync(capacity, cancellationToken);
    }

    /// <summary>Calls who listens for this type. False if nobody does.</summary>
    internal bool Deliver(in JobEvent occurrence)
    {
        bool any = false;
        foreach (Subscription subscription in Atomic.Read(ref _subscriptions))
        {
            if (!subscription.Hears(occurrence.Type))
            {
                continue;
            }

            any = true;
            try
            {
                subscription.Call(occurrence);
            }
            catch (Exception error)
            {
                Report(error, occurrence.Type);
            }
        }

        return any;
    }

    private async IAsyncEnumerable<JobEvent> ReadAsync(int capacity, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<JobEvent> kept = Channel.CreateBounded<JobEvent>(capacity);
        Action<JobEvent> keep = occurrence =>
        {
            if (!kept.Writer.TryWrite(occurrence))
            {
                Atomic.Increment(ref _dropped);
            }
        };
        using Subscription subscription = Add(new Subscription(this, keep, keep, []) { Ended = () => kept.Writer.TryComplete() });

        // The stock channels may lose an item to a cancelled read, so the token ends the writing, not the read.
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static writer => ((ChannelWriter<JobEvent>)writer!).TryComplete(), kept.Writer);
        _hub.Enter(kept.Writer);
        try
        {
            while (await kept.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (kept.Reader.TryRead(out JobEvent occurrence))
                {
                    yield return occurrence;
                }
            }
        }
        finally
        {
            _hub.Leave(kept.Writer);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Observe(Task? task, JobEventType type) => task?.ContinueWith(
        failed => Report(failed.Exception!.GetBaseException(), type),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void Report(Exception error, JobEventType type)
    {
        if (type == JobEventType.Error)
        {
            _hub.LogOnly(error, "A subscriber for errors");
        }
        else
        {
            _hub.ReportError(error, $"A subscriber for {type}");
        }
    }

    private Subscription Add(Subscription added)
    {
        _ = _hub.Store.Engine; // A disposed store has nothing to tell any more, and says so.
        lock (_lock)
        {
            // The same handler again: one subscription that hears what both were for.
            Subscription? same = Array.Find(_subscriptions, other => other.Handler.Equals(added.Handler));
            if (same is not null)
            {
                same.Join(added);
                return same;
            }

            Atomic.Write(ref _subscriptions, [.. _subscriptions, added]);
        }

        _hub.CountSubscription(1);
        return added;
    }

    private void RemoveWhere(Predicate<Subscription> match)
    {
        Subscription[] removed;
        lock (_lock)
        {
            removed = Array.FindAll(_subscriptions, match);
            Atomic.Write(ref _subscriptions, [.. _subscriptions.Except(removed)]);
        }

        _hub.CountSubscription(-removed.Length);
        Array.ForEach(removed, static subscription => subscription.Ended?.Invoke());
    }

    private sealed class Subscription(JobEvents owner, Delegate handler, Action<JobEvent> call, ReadOnlySpan<JobEventType> types) : IDisposable
    {
        private long _types = Mask(types);

        public Delegate Handler => handler;

        /// <summary>Called once it hears nothing any more.</summary>
        public Action? Ended { get; init; }

        public bool Hears(JobEventType type) => (Atomic.Read(ref _types) & (1L << (int)type)) != 0;

        public void Call(in JobEvent occurrence) => call(occurrence);

        public void Join(Subscription other) => Atomic.Or(ref _types, other._types);

        public void Dispose() => owner.RemoveWhere(subscription => ReferenceEquals(subscription, this));

        private static long Mask(ReadOnlySpan<JobEventType> types)
        {
            long mask = types.IsEmpty ? -1 : 0;
            foreach (JobEventType type in types)
            {
                // The bits of a number that is no type are another type's.
                if (!Enum.IsDefined(type))
                {
                    throw new ArgumentOutOfRangeException(nameof(types), type, "An event type is one of those that JobEventType names.");
                }

                mask |= 1L << (int)type;
            }

            return mask;
        }
    }
}
