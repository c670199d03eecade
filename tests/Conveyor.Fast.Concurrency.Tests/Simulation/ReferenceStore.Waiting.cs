namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Waits for ends.</summary>
internal sealed partial class ReferenceStore
{
    private readonly List<ReferenceWait> _waits = [];

    public IReadOnlyList<string?> Waits => [.. _waits.Select(static wait => wait.Outcome)];

    private string Wait(ReferenceJob job, int? minutes)
    {
        string? outcome = !job.IsStored ? "gone" : job.IsEnded ? OutcomeOf(job) : minutes == 0 ? "late" : null;
        _waits.Add(new ReferenceWait(job, minutes is { } limit ? _now + TimeSpan.FromMinutes(limit) : null) { Outcome = outcome });
        return "waits";
    }

    /// <summary>A job has ended or was removed: subscribers hear of it, then who has waited for the end of its life until now, its schedule too.</summary>
    private void TellEnd(ReferenceNews end, string outcome)
    {
        if (!end.Announcements[^1].IsEnd)
        {
            _tidings.Add(() => Tell(end));
            return;
        }

        ReferenceJob job = end.Job;
        bool hasStarted = job.Started is not null;
        List<ReferenceWait> waits = _waits.FindAll(wait => wait.Job == job && wait.Outcome is null);
        _tidings.Add(() =>
        {
            Tell(end);
            waits.ForEach(wait => wait.Outcome ??= outcome);
            GoOn(job, hasStarted);
        });
    }

    private IEnumerable<(TimeSpan Due, Action Ring)> LateWaits() =>
        from wait in _waits
        where wait.Outcome is null
        let until = wait.Until
        where until is not null
        select (until.Value, (Action)(() => wait.Outcome = "late"));

    private static string OutcomeOf(ReferenceJob job) => job.State switch
    {
        JobState.Completed => $"value {job.Value ?? "null"}",
        JobState.Failed => $"failed {job.Reason}",
        _ => $"canceled {job.Reason}",
    };
}
