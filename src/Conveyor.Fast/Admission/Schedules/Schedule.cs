using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>
/// A schedule: has one unfinished job at a time, and adds the next when that has ended, in whatever way. Jobs are added and
/// removed with no lock held, since subscribers hear of it. One thread at a time adds: a job that has ended by the time it is
/// added is followed by the next from there, so however often a subscriber ends what it hears of, no stack grows.
/// </summary>
internal sealed class Schedule(ScheduleAdmission schedules, int queue, string id)
{
    private readonly Lock _lock = new();
    private RepeatOptions? _repeat;
    private Timetable? _timetable;
    private OccurrenceSource? _source;
    private OccurrenceWaiter? _current;
    private long _runs; // Jobs that have started and ended.
    private bool _isOver;
    private bool _isAdding; // From the plan of a job until it is added and has not ended.
    private bool _hasEnded; // That job, meanwhile.
    private bool _hasStarted; // The same one.

    // Between a change of the schedule and the removal of the job that waits for its time: where the next one goes.
    private bool _isReplaced;
    private Slot? _replacement;

    public int Queue => queue;

    public string Id => id;

    /// <summary>
    /// Sets or changes what the schedule does. With the times it has it keeps its slots and count, and its waiting job is
    /// replaced in place; with others it begins anew. A job that runs is left alone. False if the schedule is over.
    /// </summary>
    public bool TrySet(RepeatOptions repeat, Timetable timetable, OccurrenceSource source, [NotNullWhen(true)] out JobSchedule? set)
    {
        OccurrenceWaiter? waiting;
        OccurrenceWaiter? first = null;
        lock (_lock)
        {
            set = null;
            if (_isOver)
            {
                return false;
            }

            waiting = _current;
            bool keepsTimes = waiting is not null && repeat.HasTimesOf(_repeat!);
            _timetable = keepsTimes ? _timetable : timetable;
            _runs = keepsTimes ? _runs : 0;
            _repeat = repeat;
            _source = source;
            Slot? slot = !keepsTimes ? timetable.First() : _isReplaced ? _replacement : SlotAgain(waiting!.Occurrence);
            if (waiting is null)
            {
                first = PlanLocked(slot);
            }
            else
            {
                _isReplaced = true;
                _replacement = slot;
            }
        }

        if (waiting is null)
        {
            Add(first);
        }
        else
        {
            RemovePending(waiting);
        }

        lock (_lock)
        {
            set = DescribeLocked();
            return true;
        }
    }

    /// <summary>The job has ended: after a run the next one is due at the first slot from now on.</summary>
    public void GoOn(bool hasStarted)
    {
        OccurrenceWaiter? next;
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            if (_isAdding)
            {
                _hasEnded = true;
                _hasStarted = hasStarted;
                return; // Who adds, maybe further up on this very stack, goes on.
            }

            next = PlanNextLocked(hasStarted);
        }

        try
        {
            Add(next);
        }
        catch (Exception error)
        {
            schedules.Report(error, id);
        }
    }

    /// <summary>Ends the schedule; its unfinished job is left to the caller. False if it is over already, or not set yet.</summary>
    public bool TryEnd([NotNullWhen(true)] out OccurrenceWaiter? unfinished)
    {
        lock (_lock)
        {
            unfinished = _current;
            if (unfinished is null)
            {
                return false;
            }

            EndLocked();
        }

        schedules.Forget(this);
        return true;
    }

    public void RemovePending(OccurrenceWaiter waiting)
    {
        long jobId;
        lock (_lock)
        {
            jobId = waiting.JobId;
        }

        // Without an id it is being added: whoever does that looks again afterwards.
        if (jobId != 0)
        {
            schedules.Operations.RemovePending(jobId);
        }
    }

    /// <summary>Null if it is over, or not set yet.</summary>
    public JobSchedule? Describe()
    {
        lock (_lock)
        {
            return _current is null ? null : DescribeLocked();
        }
    }

    /// <summary>The slot of a job that waits for it or for a worker.</summary>
    private Slot? SlotAgain(Occurrence occurrence) => occurrence.DueAt <= schedules.Clock.GetUtcNow()
        ? new Slot(TimeSpan.Zero, occurrence.DueAt, occurrence.IsDated)
        : _timetable!.Next();

    private OccurrenceWaiter? PlanLocked(Slot? slot)
    {
        if (slot is { } due && !(due.DueAt >= _repeat!.End) && !(_runs >= _repeat.Limit))
        {
            _isAdding = true;
            return _current = new OccurrenceWaiter(this, _source!, new Occurrence(id, _runs + 1, due.DueAt, due.IsDated), due.Delay);
        }

        EndLocked();
        return null;
    }

    private OccurrenceWaiter? PlanNextLocked(bool hasStarted)
    {
        _runs += hasStarted ? 1 : 0;
        Slot? slot = _isReplaced && !hasStarted ? _replacement : _timetable!.Next();
        _isReplaced = false;
        return PlanLocked(slot);
    }

    private JobSchedule DescribeLocked() => new()
    {
        Id = id,
        QueueName = _source!.Queue.Ledger.Name,
        JobName = _source.Name,
        Repeat = _repeat!,
        Job = _current is { JobId: not 0 and var jobId } ? new JobHandle(schedules.Store, new JobId(jobId)) : default,
        DueAt = _current?.Occurrence.DueAt,
        OccurrenceNumber = _current?.Occurrence.Number,
    };

    private void EndLocked()
    {
        _isOver = true;
        _current = null;
    }

    /// <summary>Adds a planned job, and the next ones as long as each has ended by then. A schedule that can not go on is over.</summary>
    private void Add(OccurrenceWaiter? next)
    {
        try
        {
            while (next is not null)
            {
                AddOne(next);
                lock (_lock)
                {
                    if (!_hasEnded || _isOver)
                    {
                        _isAdding = false;
                        return;
                    }

                    _hasEnded = false;
                    next = PlanNextLocked(_hasStarted);
                }
            }
        }
        catch
        {
            TryEnd(out _);
            throw;
        }

        schedules.Forget(this);
    }

    private void AddOne(OccurrenceWaiter next)
    {
        long jobId = schedules.Add(next);
        bool isObsolete;
        lock (_lock)
        {
            next.JobId = jobId;
            isObsolete = _isOver || (_isReplaced && _current == next);
        }

        if (isObsolete)
        {
            RemovePending(next);
        }
    }
}
