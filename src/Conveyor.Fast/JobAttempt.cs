using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>The record of one run of a job. Immutable.</summary>
public sealed class JobAttempt
{
    private const int MostTraceLines = 50;

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

    /// <summary>
    /// Where that was thrown: the first 50 lines, the innermost calls; the rest is at <see cref="Error"/>. An exception object
    /// that is thrown several times tells the latest place only.
    /// </summary>
    public string? StackTrace => Error?.StackTrace is { } trace ? FirstLines(trace) : null;

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

    private static string FirstLines(string trace)
    {
        int end = -1;
        for (int lines = 0; lines < MostTraceLines; lines++)
        {
            end = trace.IndexOf('\n', end + 1);
            if (end < 0)
            {
                return trace;
            }
        }

        return trace[..end].TrimEnd('\r');
    }
}
