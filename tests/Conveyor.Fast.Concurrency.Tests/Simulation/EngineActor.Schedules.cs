namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Schedules. Their jobs come by themselves, and are known from when they are announced.</summary>
internal sealed partial class EngineActor
{
    private readonly Dictionary<string, int> _occurrences = [];
    private IDisposable? _finder;

    public string ListSchedules(string queue) => string.Join("; ", Store.GetQueue(queue).GetSchedules().Select(Describe));

    private string Describe(JobSchedule schedule) =>
        schedule.DueAt is not { } due ? "over" : $"{schedule.Id}: {_names[schedule.Job.Id]}, due {due - _begin}, number {schedule.OccurrenceNumber}";

    private string AddSchedule(string id, SchedulePlan plan, JobPlan job)
    {
        _occurrences.TryAdd(job.Name, 0);
        KnowPlans(job);
        _finder ??= Store.Events.Subscribe((Action<JobEvent>)Find, JobEventType.Added);
        return Describe(Store.GetQueue(job.Queue).AddSchedule(id, RepeatOf(plan), job.Name, job, OptionsOf(job)));
    }

    private RepeatOptions RepeatOf(SchedulePlan plan) => new()
    {
        Every = Minutes(plan.Every),
        Cron = plan.Cron,
        TimeZone = plan.Zone,
        Start = _begin + Minutes(plan.Start),
        End = _begin + Minutes(plan.End),
        Limit = plan.Limit,
    };

    private void Find(JobEvent added) => NameOf(added.Job.Id, added.JobName, added.Job);

    /// <summary>A job's name; jobs of one schedule are numbered as they come.</summary>
    private string NameOf(JobId id, string name, JobHandle job)
    {
        if (!_occurrences.TryGetValue(name, out int before))
        {
            return name;
        }

        if (!_names.TryGetValue(id, out string? known))
        {
            _occurrences[name] = before + 1;
            known = $"{name}#{before + 1}";
            _names.Add(id, known);
            _jobs.Add(known, job);
        }

        return known;
    }
}
