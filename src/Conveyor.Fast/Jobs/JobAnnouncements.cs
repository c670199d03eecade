using Conveyor.Fast.Telemetry;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>Turns steps into announcements. A marked job is not freed, so what is captured after the step is the job's.</summary>
internal sealed class JobAnnouncements
{
    private readonly JobTable _table;
    private readonly EventHub _hub;
    private readonly Announcer _announcer;

    public JobAnnouncements(JobTable table, EventHub hub, Action<long> freeIfDone)
    {
        _table = table;
        _hub = hub;
        _announcer = new Announcer(hub, (id, step) => TryClose(id, step, freeIfDone));
    }

    public EventHub Hub => _hub;

    public JobEvent Capture(int slot, JobEventType type, long state, long previous)
    {
        ref JobRecord record = ref _table.Record(slot);
        ref JobDetails details = ref _table.Details(slot);
        ref JobReferences references = ref _table.References(slot);
        long word = Atomic.Read(ref record.Word);
        bool failure = type is JobEventType.Failed or JobEventType.Canceled or JobEventType.Retrying or JobEventType.RetriesExhausted or JobEventType.Stalled;
        return new JobEvent
        {
            Type = type,
            Job = new JobHandle(_hub.Store, new JobId(record.Id)),
            QueueName = _table.Ledger(record.Queue).Name,
            JobName = references.Definition.Name,
            State = (JobState)(state & 7),
            PreviousState = (JobState)(previous & 7),
            Time = new DateTimeOffset(_table.Clock.UtcTicks(), TimeSpan.Zero),
            AttemptsMade = record.AttemptsMade,
            StartedAt = record.HasStarted ? new DateTimeOffset(record.Started, TimeSpan.Zero) : null,
            ValueCellOrNull = type == JobEventType.Completed ? ValueCell.Detach(references.Result) : null,
            ValueBits = details.ResultBits,
            ErrorCell = failure ? references.Result : null,
            Word = word,
        };
    }

    /// <summary>Announces what one step did, in order with the job's other steps.</summary>
    public void Announce(long id, int queue, long word, JobEvents? worker, params ReadOnlySpan<JobEvent> events) =>
        Announce(id, queue, word, worker, null, events);

    /// <summary>The same, and after another job's step that it follows from.</summary>
    public AnnouncedStep Announce(long id, int queue, long word, JobEvents? worker, AnnouncedStep? cause, params ReadOnlySpan<JobEvent> events)
    {
        JobEvents queueEvents = _table.Ledger(queue).Events;
        Announcement[] announcements = new Announcement[events.Length];
        for (int i = 0; i < events.Length; i++)
        {
            announcements[i] = new Announcement(events[i], queueEvents, worker);
        }

        bool opens = !StateWord.Has(word, StateWord.JoinsRow);
        AnnouncedStep step = new(announcements, cause);
        _announcer.Announce(id, word >> StateWord.StepShift, opens, step);
        return step;
    }

    /// <summary>Announces something that concerns a queue and none of its jobs.</summary>
    public void AnnounceQueue(QueueLedger ledger, JobEventType type, int count = 0)
    {
        if (_hub.IsListening)
        {
            JobEvent occurrence = new()
            {
                Type = type,
                QueueName = ledger.Name,
                JobName = "",
                Time = new DateTimeOffset(_table.Clock.UtcTicks(), TimeSpan.Zero),
                Count = count,
            };
            _hub.Deliver(new Announcement(occurrence, ledger.Events, null));
        }
    }

    /// <summary>Announces that an add has found another job by its custom id or key; the id that its own would have had is known if it was one by key.</summary>
    public void AnnounceAnswer(QueueLedger ledger, JobEventType type, long found, JobId? dropped = null)
    {
        if (_hub.IsListening)
        {
            JobEvent answer = new()
            {
                Type = type,
                Job = new JobHandle(_hub.Store, new JobId(found)),
                DroppedId = dropped,
                QueueName = ledger.Name,
                JobName = JobCopy.TryTake(_table, found, out JobCopy copy) ? copy.References.Definition.Name : "",
                Time = new DateTimeOffset(_table.Clock.UtcTicks(), TimeSpan.Zero),
            };
            _hub.Deliver(new Announcement(answer, ledger.Events, null));
        }
    }

    private bool TryClose(long id, long step, Action<long> freeIfDone)
    {
        ref JobRecord record = ref _table.Record(StateWord.SlotOf(id));
        while (true)
        {
            long seen = Atomic.Read(ref record.Word);
            if (seen >> StateWord.StepShift != step)
            {
                return false;
            }

            if (Atomic.CompareExchange(ref record.Word, seen & ~StateWord.Announcing, seen) == seen)
            {
                if (StateWord.Visible(seen) == JobState.None)
                {
                    freeIfDone(id);
                }

                return true;
            }
        }
    }
}
