using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>An immutable copy of everything that can be read of a job, taken at one moment. Payload and value are the job's own references.</summary>
public sealed class JobInfo
{
    private JobInfo()
    {
    }

    /// <summary>The job.</summary>
    public required JobHandle Job { get; init; }

    /// <summary>Its id.</summary>
    public JobId Id => Job.Id;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its queue.</summary>
    public required string QueueName { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>Its custom id, if it has one.</summary>
    public string? CustomId { get; init; }

    /// <summary>Its payload; a struct is boxed.</summary>
    public object? Data { get; init; }

    /// <summary>Lower is more urgent.</summary>
    public int Priority { get; init; }

    /// <summary>Runs that have ended.</summary>
    public int AttemptsMade { get; init; }

    /// <summary>Runs it may have in all.</summary>
    public int Attempts { get; init; }

    /// <summary>What a child's failure does to it.</summary>
    public ChildFailurePolicy FailParentOnChildFailure { get; init; }

    /// <summary>Its deduplication key, if it has one.</summary>
    public string? DeduplicationKey { get; init; }

    /// <summary>The id of the schedule that made it, in its queue; null for none.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>Which one of its schedule it is, from 1; null for none.</summary>
    public long? OccurrenceNumber { get; init; }

    /// <summary>The parent it was added under, or else the first that attached to it, if any.</summary>
    public JobId? ParentId { get; init; }

    /// <summary>The parent's queue.</summary>
    public string? ParentQueueName { get; init; }

    /// <summary>All its parents: the first, then those that attached. One that attached may be left out once it is gone.</summary>
    public IReadOnlyList<JobId> Parents { get; init; } = [];

    /// <summary>The ids of its children in declared order.</summary>
    public IReadOnlyList<JobId> ChildrenIds { get; init; } = [];

    /// <summary>Children that have not settled.</summary>
    public int PendingChildren { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it falls due; null unless it is delayed.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When its latest run started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it was canceled; null unless it was.</summary>
    public DateTimeOffset? CanceledAt => State == JobState.Canceled ? EndedAt : null;

    /// <summary>How long each of its runs may take; null for any time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it has stalled in this life.</summary>
    public int StalledCount { get; init; }

    /// <summary>Whether a handler has called <see cref="Job.Discard"/>.</summary>
    public bool IsDiscarded { get; init; }

    /// <summary>The runs of this life, oldest first: the earlier ones kept (<see cref="JobOptions.AttemptHistory"/>), then the latest.</summary>
    public IReadOnlyList<JobAttempt> History { get; init; } = [];

    /// <summary>The stack traces of the runs kept that failed (<see cref="JobAttempt.StackTrace"/>), oldest first.</summary>
    public IReadOnlyList<string> StackTraces => [.. History.Select(static attempt => attempt.StackTrace).OfType<string>()];

    /// <summary>The worker that ran it last.</summary>
    public string? WorkerName { get; init; }

    /// <summary>A completed job's value; a struct is boxed.</summary>
    public object? Value { get; init; }

    /// <summary>Why it failed or was canceled; while it waits for another attempt, why the last one failed.</summary>
    public string? Reason { get; init; }

    /// <summary>The exception behind it, if there was one.</summary>
    public Exception? Error { get; init; }

    /// <summary>Name, id, queue and state.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Name} ({Id}) in '{QueueName}': {State}";

    internal static JobInfo From(Engine engine, JobStore store, JobId id, in JobCopy copy)
    {
        JobState state = copy.State;
        JobSettings settings = copy.References.Definition.Settings;
        JobHistory? history = copy.References.History;
        bool hasValue = state == JobState.Completed;
        object? result = state == JobState.Active ? null : copy.References.Result; // Of a running job: what its handler has returned, before anybody knows what becomes of it.
        JobParents parents = JobParents.Of(engine.Table, copy.Record, copy.Word);
        return new JobInfo
        {
            Job = new JobHandle(store, id),
            Name = copy.References.Definition.Name,
            QueueName = engine.Table.Ledger(copy.Record.Queue).Name,
            State = state,
            CustomId = copy.References.CustomId,
            Data = ValueCell.Load(copy.References.Data, copy.Details.DataBits),
            Priority = copy.Record.Priority,
            AttemptsMade = copy.Record.AttemptsMade,
            Attempts = copy.References.Definition.Settings.Attempts,
            FailParentOnChildFailure = copy.References.Definition.Settings.Policy,
            DeduplicationKey = parents.Keyed?.Key,
            ScheduleId = copy.References.Definition.Occurrence?.ScheduleId,
            OccurrenceNumber = copy.References.Definition.Occurrence?.Number,
            ParentId = parents.FirstId,
            ParentQueueName = parents.FirstQueue is { } queue ? engine.Table.Ledger(queue).Name : null,
            Parents = parents.Ids(),
            ChildrenIds = JobChildren.Of(store, id).Ids(),
            PendingChildren = state == JobState.WaitingChildren ? copy.Record.Pending : 0,
            CreatedAt = At(copy.Details.Created),
            DueAt = state == JobState.Delayed && engine.Table.Delays.TryGetDue(StateWord.Ticket(copy.Word, StateWord.SlotOf(id.ToInt64())), out DueOrder due)
                ? engine.Clock.ToDate(due.Due)
                : null,
            StartedAt = copy.Record.HasStarted ? At(copy.Record.Started) : null,
            EndedAt = StateWord.IsEnded(copy.Word) ? At(copy.Record.Ended) : null,
            Timeout = settings.Timeout == TimeSpan.Zero ? null : settings.Timeout,
            StalledCount = history?.Stalls ?? 0,
            IsDiscarded = history?.IsDiscarded ?? false,
            History = HistoryOf(copy, settings, history),
            WorkerName = copy.Record.Worker == 0 ? null : engine.WorkerName(copy.Record.Worker),
            Value = hasValue ? ValueCell.Load(result, copy.Details.ResultBits) : null,
            Reason = hasValue ? null : Failure.Describe(engine.Table, copy.Word, result, copy.Details.ResultBits),
            Error = hasValue ? null : Failure.ErrorOf(result),
        };
    }

    private static IReadOnlyList<JobAttempt> HistoryOf(in JobCopy copy, JobSettings settings, JobHistory? history)
    {
        if (settings.AttemptsKept == 0 || !copy.Record.HasStarted)
        {
            return [];
        }

        object? cause = copy.State is JobState.Failed or JobState.Canceled ? copy.References.Result : null;
        JobAttemptOutcome outcome = copy.State switch
        {
            JobState.Completed => JobAttemptOutcome.Completed,
            JobState.Canceled => JobAttemptOutcome.Canceled,
            JobState.Failed => cause switch
            {
                JobTimeoutException => JobAttemptOutcome.TimedOut,
                JobStalledException => JobAttemptOutcome.Stalled,
                _ => JobAttemptOutcome.Failed,
            },
            _ => JobAttemptOutcome.Running,
        };
        return history?.List(copy.Record.Started, copy.Record.Ended, outcome, cause)
            ?? [JobAttempt.From(1, copy.Record.Started, copy.Record.Ended, outcome, cause, [])];
    }

    private static DateTimeOffset At(long utcTicks) => new(utcTicks, TimeSpan.Zero);
}
