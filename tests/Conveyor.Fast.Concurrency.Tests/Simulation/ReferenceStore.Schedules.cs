namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Schedules: one unfinished job each, the next one added when that has ended in whatever way.</summary>
internal sealed partial class ReferenceStore
{
    private readonly SortedDictionary<(string Queue, string Id), ReferenceSchedule> _schedules = [];
    private readonly Dictionary<string, int> _occurrences = [];
    private bool _hasSchedules; // From the first one on somebody listens, who wants to know their jobs.

    public string ListSchedules(string queue) =>
        string.Join("; ", _schedules.Values.Where(schedule => schedule.Queue == queue).Select(Describe));

    private static string Describe(ReferenceSchedule schedule) =>
        schedule.Current is not { } job ? "over" : $"{schedule.Id}: {job.Name}, due {schedule.Due}, number {schedule.Number}";

    /// <summary>A waiting job is replaced; one that runs is left alone.</summary>
    private string AddSchedule(string id, SchedulePlan plan, JobPlan job)
    {
        _hasSchedules = true;
        if (!_schedules.TryGetValue((job.Queue, id), out ReferenceSchedule? schedule))
        {
            _schedules.Add((job.Queue, id), schedule = new ReferenceSchedule(id, job.Queue, _plan.Begin));
        }

        schedule.Set(plan, job, _now);
        if (schedule.Current is null)
        {
            AddOccurrence(schedule, schedule.Replacement!.Value);
        }
        else
        {
            RemovePending(schedule.Current);
        }

        return Describe(schedule);
    }

    private string RemoveSchedule(string queue, string id)
    {
        if (!_schedules.Remove((queue, id), out ReferenceSchedule? schedule))
        {
            return "False";
        }

        RemovePending(schedule.Current!);
        return "True";
    }

    private void EndSchedules(string queue)
    {
        foreach (ReferenceSchedule schedule in _schedules.Values.Where(schedule => schedule.Queue == queue).ToArray())
        {
            _schedules.Remove((queue, schedule.Id));
        }
    }

    private void RemovePending(ReferenceJob job)
    {
        if (job.State is JobState.Delayed or JobState.Waiting)
        {
            Remove(job, keepChildren: false);
        }
    }

    /// <summary>A job has ended or was removed: if it was a schedule's, the next one follows.</summary>
    private void GoOn(ReferenceJob job, bool hasStarted)
    {
        if (_schedules.Values.FirstOrDefault(schedule => schedule.Current == job) is not { } schedule)
        {
            return;
        }

        if (schedule.IsAdding)
        {
            schedule.EndedAsStarted = hasStarted; // The next one is added after it.
            return;
        }

        AddNext(schedule, hasStarted);
    }

    private void AddNext(ReferenceSchedule schedule, bool hasStarted)
    {
        schedule.Runs += hasStarted ? 1 : 0;
        AddOccurrence(schedule, !hasStarted && schedule.Replacement is { } slot ? slot : schedule.NextSlot(_now));
    }

    private void AddOccurrence(ReferenceSchedule schedule, TimeSpan slot)
    {
        schedule.Replacement = null;
        if (schedule.IsOverAt(slot))
        {
            schedule.Current = null;
            _schedules.Remove((schedule.Queue, schedule.Id));
            return;
        }

        int number = _occurrences[schedule.Job.Name] = _occurrences.GetValueOrDefault(schedule.Job.Name) + 1;
        ReferenceJob job = Store(schedule.Job with { Name = $"{schedule.Job.Name}#{number}", Delay = 0 });
        schedule.Current = job;
        schedule.Number = schedule.Runs + 1;
        schedule.Due = slot;
        job.OwnDelay = slot > _now ? slot - _now : TimeSpan.Zero;
        job.State = slot > _now ? JobState.Delayed : JobState.Waiting;
        Delay([job]);
        schedule.IsAdding = true;
        SendOut(AnnounceAdded([job]));
        schedule.IsAdding = false;
        if (schedule.EndedAsStarted is { } hasStarted)
        {
            schedule.EndedAsStarted = null;
            if (_schedules.ContainsValue(schedule))
            {
                AddNext(schedule, hasStarted);
            }
        }
    }
}
