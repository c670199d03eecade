using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <content>Schedules of the queue.</content>
public sealed partial class JobQueue
{
    /// <summary>
    /// Adds a schedule, or changes the one that has the id. A schedule has one job at a time that has not ended: the next is
    /// added when that one has ended, in whatever way, and is due at the first slot from then on. Changed without changing the
    /// times it keeps its slots and its count; with other times it begins anew. A waiting job is replaced; one that runs is
    /// left alone, and is the first of a schedule that begins anew. Jobs of a schedule go over a queue's bound. A job that is
    /// canceled or removed before its slot comes again for that slot; to skip one, give the schedule a later start.
    /// </summary>
    /// <typeparam name="TData">The payload's type; a struct is not boxed.</typeparam>
    /// <param name="id">The schedule's id in this queue: 1 to 255 characters, no control characters.</param>
    /// <param name="repeat">When its jobs are due.</param>
    /// <param name="name">The jobs' name, not empty.</param>
    /// <param name="data">The payload of each job, the same reference or a copy.</param>
    /// <param name="options">The jobs' options; null for the queue's defaults. A custom id and a delay are not used: each job is a new one, due at its slot.</param>
    /// <returns>The schedule as it is now.</returns>
    /// <exception cref="ArgumentException">
    /// The id or name is not allowed, the times do not fit together, the start is too far ahead, the cron text is wrong or
    /// never matches, the time zone is not known, or the options have a deduplication key. Nothing has changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public JobSchedule AddSchedule<TData>(string id, RepeatOptions repeat, string name, TData data, JobOptions? options = null)
    {
        Engine engine = _store.Engine;
        Check.ScheduleId(id);
        Check.JobName(name);
        ArgumentNullException.ThrowIfNull(repeat);
        if (options?.Deduplication is not null)
        {
            throw new ArgumentException("A schedule's jobs never overlap, so they have no deduplication.", nameof(options));
        }

        Timetable timetable = Timetable.Of(repeat, engine.Clock.Provider);
        AdmissionQueue queue = Use();
        return engine.Schedules.Set(id, repeat, timetable, new OccurrenceSource<TData>(queue, name, queue.Definitions.Get(name, options).Settings, data));
    }

    /// <summary>Ends a schedule. Its job goes with it unless it runs.</summary>
    /// <param name="id">The schedule's id.</param>
    /// <returns>False if this queue has no such schedule.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool RemoveSchedule(string id)
    {
        if (!TryFindSchedule(id, out Schedule? schedule) || !schedule.TryEnd(out OccurrenceWaiter? unfinished))
        {
            return false;
        }

        schedule.RemovePending(unfinished);
        return true;
    }

    /// <summary>Finds a schedule of this queue that is not over.</summary>
    /// <param name="id">The schedule's id.</param>
    /// <param name="schedule">The schedule as it is now, or null.</param>
    /// <returns>False if this queue has no such schedule.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public bool TryGetSchedule(string id, [NotNullWhen(true)] out JobSchedule? schedule)
    {
        schedule = TryFindSchedule(id, out Schedule? found) ? found.Describe() : null;
        return schedule is not null;
    }

    /// <summary>The schedules of this queue that are not over, by id.</summary>
    /// <returns>Copies.</returns>
    /// <exception cref="ObjectDisposedException">The queue is closed or the store disposed.</exception>
    public IReadOnlyList<JobSchedule> GetSchedules() => TryUse(out AdmissionQueue queue)
        ? [.. _store.Engine.Schedules.Of(queue.Ledger.Number).Select(static schedule => schedule.Describe()).OfType<JobSchedule>()]
        : [];

    private bool TryFindSchedule(string id, [NotNullWhen(true)] out Schedule? schedule)
    {
        ArgumentNullException.ThrowIfNull(id);
        schedule = null;
        return TryUse(out AdmissionQueue queue) && _store.Engine.Schedules.TryFind(queue.Ledger.Number, id, out schedule);
    }
}
