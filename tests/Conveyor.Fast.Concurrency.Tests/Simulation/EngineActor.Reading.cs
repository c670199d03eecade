using System.Text.RegularExpressions;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What can be read of the store, as text.</summary>
internal sealed partial class EngineActor
{
    public JobState StateOf(string job) => _jobs[job].State;

    public string Describe(string job)
    {
        if (!_jobs[job].TryGetInfo(out JobInfo? it))
        {
            return "none";
        }

        return string.Join(", ",
            _names[it.Id], it.QueueName, it.State, it.Priority, it.CustomId, it.FailParentOnChildFailure,
            $"attempts {it.AttemptsMade} of {it.Attempts}",
            $"parent {(it.ParentId is { } parent ? _names[parent] : null)}",
            $"parents {string.Join(' ', it.Parents.Where(id => Store.TryGetJob(id, out _)).Select(id => _names[id]))}",
            $"children {string.Join(' ', it.ChildrenIds.Select(id => _names[id]))}",
            $"pending {it.PendingChildren}",
            $"due {it.DueAt - _begin}",
            $"times {it.CreatedAt - _begin} {it.StartedAt - _begin} {it.EndedAt - _begin}",
            $"worker {it.WorkerName}",
            $"stalled {it.StalledCount}, discarded {it.IsDiscarded}",
            $"value {(it.State == JobState.Completed ? it.Value ?? "null" : "")}",
            $"history {string.Join("; ", it.History.Select(each => $"{each.Number} {each.StartedAt - _begin} {each.EndedAt - _begin} {each.Outcome} {Origin(each.Reason)}"))}",
            $"reason {Origin(it.Reason)}");
    }

    public JobCounts Count(string queue) => Store.GetQueue(queue).GetJobCounts();

    public int RoomTaken(string queue) => Store.GetQueues().Single(info => info.Name == queue).RoomTaken;

    public string List(string queue, JobState state) =>
        string.Join(' ', Store.GetQueue(queue).GetJobs(state).Select(job => _names[job.Id]).Order(StringComparer.Ordinal));

    public string? Find(string queue, string customId) => Store.GetQueue(queue).TryGetJob(customId, out JobHandle job) ? _names[job.Id] : null;

    /// <summary>A reason that came up from below: the child it names, by name or, once that is gone, by id alone, and the text at its end.</summary>
    private string? Origin(string? reason)
    {
        reason = reason is null ? null : StallReason().Replace(reason, "stalled ${stalls} of ${allowed}");
        reason = reason is null ? null : BackoffReason().Replace(reason, "${run} and its backoff failed");
        if (reason is null || ChildReason().Match(reason) is not { Success: true } match)
        {
            return reason;
        }

        string child = $"child '{_names[JobId.Parse(match.Groups["id"].Value)]}'";
        string origin = reason[(reason.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        return reason.Contains(": ", StringComparison.Ordinal) && !ChildReason().IsMatch(origin) ? $"{child}: {origin}" : child;
    }

    [GeneratedRegex(@"^child ('\S+' )?\((?<id>\d+)\) (failed|was canceled)")]
    private static partial Regex ChildReason();

    /// <summary>Its own text has a colon, like the way up from below.</summary>
    [GeneratedRegex(@"The job stalled: .*Stalls: (?<stalls>\d+), allowed: (?<allowed>\d+)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex StallReason();

    /// <summary>Both errors, at the end of a reason.</summary>
    [GeneratedRegex(@"(?<run>broke in run \d+|time limit of [\d:.]+) \(and the custom backoff failed: (The backoff broke|The custom backoff returned -).*$", RegexOptions.ExplicitCapture)]
    private static partial Regex BackoffReason();
}
