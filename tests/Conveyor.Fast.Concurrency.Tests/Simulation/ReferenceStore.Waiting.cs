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

    /// <summary>A job has ended or was removed: who waits for that hears of it, its schedule too.</summary>
    private void EndWaits(ReferenceJob job, string outcome)
    {
        foreach (ReferenceWait wait in _waits)
        {
            wait.Outcome ??= wait.Job == job ? outcome : null;
        }

        GoOn(job);
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
