using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Execution;

/// <summary>What is to become of a job whose run failed: another attempt after a delay, or the end.</summary>
internal struct FailurePlan
{
    private FailurePlan(Exception error) => Error = error;

    /// <summary>What the job records.</summary>
    public Exception Error { get; private set; }

    /// <summary>How long until the next attempt; null for none.</summary>
    public TimeSpan? Delay { get; private set; }

    /// <summary>The user's own backoff, to be asked first.</summary>
    public Func<RetryContext, ValueTask<TimeSpan?>>? Custom { get; private init; }

    public RetryContext Context { get; private init; }

    public static FailurePlan For(JobTable table, JobRun run, long number, Exception error)
    {
        int slot = StateWord.SlotOf(number);
        JobSettings settings = table.References(slot).Definition.Settings;
        int attempt = table.Record(slot).AttemptsMade + 1;
        if (error is UnrecoverableJobException || !HasAttemptLeft(table, slot))
        {
            return new FailurePlan(error);
        }

        if (settings.Backoff is not { } backoff)
        {
            return new FailurePlan(error) { Delay = TimeSpan.Zero };
        }

        if (backoff.CustomStrategy is { } custom)
        {
            return new FailurePlan(error)
            {
                Custom = custom,
                Context = new RetryContext(new Job(run, number), attempt, settings.Attempts, error),
            };
        }

        return new FailurePlan(error) { Delay = backoff.DelayAfter(attempt, table) };
    }

    /// <summary>Whether a failure of the active job's run leaves it another one.</summary>
    public static bool HasAttemptLeft(JobTable table, int slot)
    {
        ref JobRecord record = ref table.Record(slot);
        ref JobReferences references = ref table.References(slot);
        return record.AttemptsMade + 1 < references.Definition.Settings.Attempts
            && references.History is not { IsDiscarded: true }
            && !StateWord.Has(Atomic.Read(ref record.Word), StateWord.CancelRequested);
    }

    /// <summary>Takes the custom backoff's answer: null or infinite for no retry, any other time that is no delay for an error.</summary>
    public void Answer(TimeSpan? delay)
    {
        if (delay is { } time && time != Timeout.InfiniteTimeSpan)
        {
            if (time < TimeSpan.Zero || time > Duration.Longest)
            {
                Refuse(new InvalidOperationException($"The custom backoff returned {time}; it must return zero to {Duration.Longest.Days} days, or null for no further attempt."));
                return;
            }

            Delay = time;
        }
    }

    /// <summary>The backoff itself failed: the job ends with both errors.</summary>
    public void Refuse(Exception backoffError)
    {
        Error = new AggregateException($"{Failure.MessageOf(Error)} (and the custom backoff failed: {Failure.MessageOf(backoffError)})", Error, backoffError);
        Delay = null;
    }
}
