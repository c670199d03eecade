using System.Threading.Channels;
using Conveyor.Fast.Threading;
using Microsoft.Extensions.Logging;

namespace Conveyor.Fast.Telemetry;

/// <summary>
/// Tells subscribers. Whoever changes a job pays one load while nobody listens. What subscribers throw becomes an error
/// event, and where nobody listens for errors, a line in the log.
/// </summary>
internal sealed class EventHub
{
    private readonly ErrorLog _log;
    private readonly Lock _lock = new(); // The streams only.
    private readonly HashSet<ChannelWriter<JobEvent>> _streams = [];
    private bool _isClosed;
    private int _subscriptions;
    private bool _hasBeenHeard;

    public EventHub(JobStore store, ILoggerFactory? loggerFactory, TimeProvider time)
    {
        Store = store;
        Time = time;
        _log = new ErrorLog(loggerFactory, time);
        StoreEvents = new JobEvents(this);
    }

    public JobStore Store { get; }

    public TimeProvider Time { get; }

    public JobEvents StoreEvents { get; }

    /// <summary>Whether anybody listens anywhere; one load.</summary>
    public bool IsListening => Atomic.Read(ref _subscriptions) != 0;

    /// <summary>Whether anybody ever listened.</summary>
    public bool HasBeenHeard => Atomic.Read(ref _hasBeenHeard);

    public void CountSubscription(int change)
    {
        Atomic.Write(ref _hasBeenHeard, true);
        Atomic.Add(ref _subscriptions, change);
    }

    public void Deliver(in Announcement announcement)
    {
        StoreEvents.Deliver(announcement.Event);
        announcement.Queue?.Deliver(announcement.Event);
        announcement.Worker?.Deliver(announcement.Event);
    }

    /// <summary>Something that user code threw where nobody could catch it.</summary>
    public void ReportError(Exception error, string where, JobHandle job = default, string queueName = "")
    {
        JobEvent occurrence = new()
        {
            Type = JobEventType.Error,
            Job = job,
            QueueName = queueName,
            JobName = "",
            Time = Time.GetUtcNow(),
            ErrorCell = error,
            Context = where,
        };
        if (!StoreEvents.Deliver(occurrence))
        {
            _log.Write(error, where);
        }
    }

    /// <summary>A stream is read until it has left again, or the store has closed: then it ends, at once if that is so already.</summary>
    public void Enter(ChannelWriter<JobEvent> stream)
    {
        lock (_lock)
        {
            _streams.Add(stream);
            if (_isClosed)
            {
                stream.TryComplete();
            }
        }
    }

    public void Leave(ChannelWriter<JobEvent> stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    /// <summary>The store tells nothing any more: whoever reads on reads what was kept, and is done.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (ChannelWriter<JobEvent> stream in _streams)
            {
                stream.TryComplete();
            }
        }
    }

    /// <summary>What a subscriber for errors threw: to the log, so that it can not come round again.</summary>
    public void LogOnly(Exception error, string where) => _log.Write(error, where);
}
