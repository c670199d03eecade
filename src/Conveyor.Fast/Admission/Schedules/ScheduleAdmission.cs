using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Telemetry;

namespace Conveyor.Fast.Admission;

/// <summary>The store's schedules by queue and id. One that is over is forgotten.</summary>
internal sealed class ScheduleAdmission(Dispatcher dispatcher, JobOperations operations)
{
    private readonly ConcurrentDictionary<(int Queue, string Id), Schedule> _schedules = new();

    public JobStore Store => Hub.Store;

    public TimeProvider Clock => dispatcher.Table.Clock.Provider;

    public JobOperations Operations => operations;

    private EventHub Hub => dispatcher.Ending.Announcements.Hub;

    /// <summary>Adds a schedule, or changes the one that has the id.</summary>
    public JobSchedule Set(string id, RepeatOptions repeat, Timetable timetable, OccurrenceSource source)
    {
        while (true)
        {
            Schedule schedule = _schedules.GetOrAdd((source.Queue.Ledger.Number, id), _ => new Schedule(this, source.Queue.Ledger.Number, id));
            if (schedule.TrySet(repeat, timetable, source, out JobSchedule? set))
            {
                return set;
            }

            Forget(schedule);
        }
    }

    public bool TryFind(int queue, string id, [NotNullWhen(true)] out Schedule? schedule) => _schedules.TryGetValue((queue, id), out schedule);

    public IEnumerable<Schedule> Of(int queue) => _schedules.Values.Where(schedule => schedule.Queue == queue).OrderBy(static schedule => schedule.Id, StringComparer.Ordinal);

    /// <summary>Ends all schedules of a queue. What comes out removes their jobs, unless they run, and is for no lock to be held.</summary>
    public List<Action> EndAll(int queue)
    {
        List<Action> removals = [];
        foreach (Schedule schedule in Of(queue))
        {
            if (schedule.TryEnd(out OccurrenceWaiter? unfinished))
            {
                removals.Add(() => schedule.RemovePending(unfinished));
            }
        }

        return removals;
    }

    public Dictionary<int, int> CountByQueue() => _schedules.Values.CountBy(static schedule => schedule.Queue).ToDictionary();

    public void Forget(Schedule schedule) => _schedules.TryRemove(KeyValuePair.Create((schedule.Queue, schedule.Id), schedule));

    /// <summary>Adds a schedule's job; where a queue is bounded it goes over the bound, since nobody could wait.</summary>
    public long Add(OccurrenceWaiter next)
    {
        if (next.Source.Queue.Ledger.Room is { } room)
        {
            dispatcher.Table.Rooms.TryTake([new RoomDemand(room, 1)], force: true);
        }

        return next.Source.Add(next.Occurrence, next.Delay, next);
    }

    /// <summary>A schedule could not go on and is over.</summary>
    public void Report(Exception error, string id) => Hub.ReportError(error, $"Schedule '{id}'");
}
