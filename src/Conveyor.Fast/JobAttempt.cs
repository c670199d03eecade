using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>The record of one run of a job. Immutable.</summary>
public sealed class JobAttempt
{
    private JobAttempt()
    {
    }

    /// <summary>Which run of the job's life it was, from 1; stalled and moved runs count here.</summary>
    public int Number { get; private init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; private init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; private init; }

    /// <summary>How it ended.</summary>
    public JobAttemptOutcome Outcome { get; private init; }

    /// <summary>Why it did not complete; null if it did.</summary>
    public string? Reason { get; private init; }

    /// <summary>What the handler threw, if that is why.</summary>
    public Exception? Error { get; private init; }

    /// <summary>Where that was thrown. An exception object that is thrown several times tells the latest place only.</summary>
    public string? StackTrace => Error?.StackTrace;

    /// <summary>What the handler logged in this run (<see cref="Job.Log"/>), oldest first; the newest 1,000 lines.</summary>
    public required IReadOnlyList<string> Log { get; init; }

    internal static JobAttempt From(int number, long started, long ended, JobAttemptOutcome outcome, object? cause, IReadOnlyList<string> log) => new()
    {
        Number = number,
        StartedAt = new DateTimeOffset(started, TimeSpan.Zero),
        EndedAt = outcome == JobAttemptOutcome.Running ? null : new DateTimeOffset(ended, TimeSpan.Zero),
        Outcome = outcome,
        Reason = Failure.TextOf(cause),
        Error = Failure.ErrorOf(cause),
        Log = log,
    };
}
